"""What a check runs in: system, language versions, container, services and variables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moonpool.audit.reading.workflow import Step
    from moonpool.audit.redundancy.runs import RunJob

__all__ = [
    "VERSIONED",
    "Surroundings",
    "differences",
    "matrix_values",
    "named_legs",
    "surroundings",
]

_GIVEN = re.compile(r"\$\{\{\s*(env|inputs)\.([\w-]+)\s*\}\}")
# Settings of the repository are equal wherever they are asked for.
_OF_THE_REPOSITORY = re.compile(r"\$\{\{\s*(vars|secrets)\.[\w-]+\s*\}\}")
_AXIS = re.compile(r"\bmatrix\.([\w-]+)")
_MATRIX = re.compile(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}")
# Each set-up action with the inputs that name a version, and the language that it sets up.
_LANGUAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "actions/setup-node": ("node", ("node-version", "node-version-file")),
    "actions/setup-python": ("python", ("python-version", "python-version-file")),
    "astral-sh/setup-uv": ("python", ("python-version",)),
    "actions/setup-go": ("go", ("go-version", "go-version-file")),
    "actions/setup-java": ("java", ("java-version", "java-version-file")),
    "actions/setup-dotnet": ("dotnet", ("dotnet-version", "global-json-file")),
    "ruby/setup-ruby": ("ruby", ("ruby-version",)),
    "shivammathur/setup-php": ("php", ("php-version",)),
    "oven-sh/setup-bun": ("bun", ("bun-version", "bun-version-file")),
    "denoland/setup-deno": ("deno", ("deno-version",)),
    "actions-rs/toolchain": ("rust", ("toolchain",)),
    "actions-rust-lang/setup-rust-toolchain": ("rust", ("toolchain",)),
    "erlef/setup-beam": ("beam", ("elixir-version", "otp-version")),
    "subosito/flutter-action": ("flutter", ("flutter-version", "channel")),
}
# Commands that choose the version of a language for what follows, up to the version.
_CHOOSING = {
    "python": r"uv python (?:install|pin) +|uv venv\b[^\n;&|]*?(?:--python|-p)[ =]|"
    r"pyenv (?:global|local|install) +",
    "node": r"(?:nvm|fnm) (?:use|install) +",
    "rust": r"rustup (?:default|override set) +",
}
_CHOSEN = {
    language: re.compile(rf"\b(?:{command})(\$\{{\{{.*?\}}\}}|[^\s;&|]+)")
    for language, command in _CHOOSING.items()
}
# The actions whose versions are compared, with the inputs that name them.
VERSIONED = {
    **{action: names for action, (_, names) in _LANGUAGES.items()},
    "dtolnay/rust-toolchain": ("toolchain",),
    "pnpm/action-setup": ("version",),
}
_SYSTEMS = ("ubuntu", "windows", "macos")
_TRAILING = re.compile(r"(\.x)+$")
# A version that says by itself what it is; `lts/*`, `>=3.9` and `.nvmrc` do not.
_EXACT = re.compile(r"\d+(\.\d+)*|stable|beta|nightly")


@dataclass(frozen=True)
class Surroundings:
    """``versions`` and ``systems`` are the values over all legs of the matrix; None is unknown."""

    systems: frozenset[str] | None
    versions: dict[str, frozenset[str] | None]
    container: str
    services: dict[str, str]
    uneven: bool  # The matrix leaves out or adds legs, so not every combination runs.


@dataclass(frozen=True)
class _Known:
    """What the expressions of a job may stand for."""

    matrix: Mapping[str, Any]
    env: Mapping[str, str]
    inputs: Mapping[str, str]

    def filled(self, text: str) -> str:
        """Replace variables and inputs by their values."""
        given = {"env": self.env, "inputs": self.inputs}
        return _GIVEN.sub(lambda match: given[match[1]].get(match[2], match[0]), text)


def surroundings(entry: RunJob, before: int) -> Surroundings:
    """Return what a job has set up ahead of its step ``before``."""
    content = entry.job.content
    matrix = entry.job.matrix
    known = _Known(matrix, {**entry.workflow.env, **entry.job.env}, entry.inputs or {})
    container = content.get("container")
    image = container.get("image") if isinstance(container, dict) else container
    return Surroundings(
        systems=_values(_word(content.get("runs-on")), known),
        versions=dict(_versions(entry.job.steps[:before], known)),
        container=_word(image),
        services={
            name: _word(service.get("image") if isinstance(service, dict) else service)
            for name, service in entry.job.services.items()
        },
        uneven="exclude" in matrix or "include" in matrix,
    )


def differences(
    mine: Surroundings, theirs: Surroundings, *, reads_only: bool = False
) -> list[str] | None:
    """Return what is not proven to be equal, or None where something certainly differs.

    ``theirs`` may be wider: what runs on three versions also runs on one of them. To a check that
    ``reads_only``, and runs nothing of the project, another version may make no difference.
    """
    if mine.container != theirs.container or _other_system(mine.systems, theirs.systems):
        return None
    versions = _version_doubts(mine.versions, theirs.versions, certain=not reads_only)
    if versions is None:
        return None
    doubts = [*versions, *_service_doubts(mine.services, theirs.services)]
    if mine.systems is None or theirs.systems is None or not mine.systems <= theirs.systems:
        doubts.append(f"it runs on {_named(mine.systems)} here and {_named(theirs.systems)} there")
    if theirs.uneven:
        doubts.append("the other matrix leaves out or adds legs")
    return doubts


def _version_doubts(
    mine: Mapping[str, frozenset[str] | None],
    theirs: Mapping[str, frozenset[str] | None],
    *,
    certain: bool,
) -> list[str] | None:
    doubts: list[str] = []
    for language in sorted(mine.keys() | theirs.keys()):
        ours, other = mine.get(language, frozenset()), theirs.get(language, frozenset())
        if ours and other and not ours <= other:
            if certain and not all(any(_may_be(one, two) for two in other) for one in ours):
                return None
            doubts.append(
                f"the version of {language} is {_named(ours)} here and {_named(other)} there"
            )
        elif ours is None or other is None or bool(ours) != bool(other):
            doubts.append(f"the version of {language} is not set in the same way")
    return doubts


def _may_be(version: str, other: str) -> bool:
    """Whether two versions may turn out as one: `6.0` and `6.0.102`, `20` and `lts/*`."""
    if not _EXACT.fullmatch(version) or not _EXACT.fullmatch(other):
        return True
    mine, theirs = version.split("."), other.split(".")
    shorter = min(len(mine), len(theirs))
    return mine[:shorter] == theirs[:shorter]


def _service_doubts(mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    if all(theirs.get(name) == image for name, image in mine.items()):
        return []
    return ["the service containers differ" if theirs else "the other job has no services"]


def _versions(
    steps: tuple[Step, ...], known: _Known
) -> Iterator[tuple[str, frozenset[str] | None]]:
    for step in steps:
        if step.action == "dtolnay/rust-toolchain":
            named = step.inputs.get("toolchain") or (step.uses or "").partition("@")[2]
            yield "rust", _values(named, known)
        if step.action in _LANGUAGES:
            language, names = _LANGUAGES[step.action]
            given = [step.inputs[name] for name in names if name in step.inputs]
            if given:
                yield language, _values(" ".join(given), known)
        for language, pattern in _CHOSEN.items():
            if found := pattern.search(step.run or ""):
                yield language, _values(found[1].strip("\"'"), known)


def _values(text: str, known: _Known) -> frozenset[str] | None:
    """Return the values that a text takes over the legs of a matrix; None where the run knows."""
    names = _MATRIX.findall(text)
    if not names:
        text = known.filled(text)
        if "${{" in _OF_THE_REPOSITORY.sub("", text):
            return None
        return frozenset({_tidy(text)}) if text else frozenset()
    if len(names) > 1 or _MATRIX.sub("", text).strip():
        return None
    values = matrix_values(known.matrix, names[0])
    filled = [known.filled(value) for value in values or ()]
    return frozenset(map(_tidy, filled)) if filled and "${{" not in "".join(filled) else None


def named_legs(text: str) -> list[str]:
    """The axes of a matrix that a text asks for: `os` for `${{ matrix.os.name }}`."""
    return list(dict.fromkeys(_AXIS.findall(text)))


def matrix_values(matrix: Mapping[str, Any], name: str) -> frozenset[str] | None:
    """Return the values of an axis over all legs, or None where they are not written down."""
    listed = matrix.get(name)
    values = [_word(v) for v in listed] if isinstance(listed, list) else []
    legs = [leg for leg in matrix.get("include") or () if isinstance(leg, dict)]
    values += [_word(leg[name]) for leg in legs if name in leg]
    return frozenset(values) or None


def _tidy(version: str) -> str:
    return _TRAILING.sub("", version.strip().lower().removeprefix("v"))


def _word(value: object) -> str:
    if isinstance(value, list):
        return " ".join(str(entry) for entry in value)
    if isinstance(value, dict):
        return str(sorted(value.items()))
    return str(value) if value is not None else ""


def _other_system(mine: frozenset[str] | None, theirs: frozenset[str] | None) -> bool:
    families = [
        {family for family in _SYSTEMS for label in labels if label.startswith(family)}
        for labels in (mine or (), theirs or ())
    ]
    return bool(families[0] and families[1] and not families[0] <= families[1])


def _named(systems: frozenset[str] | None) -> str:
    return ", ".join(f"`{system}`" for system in sorted(systems)) if systems else "some system"
