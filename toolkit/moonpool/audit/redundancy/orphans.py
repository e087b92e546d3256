"""What a job sets up that nothing in it uses: services, tools, variables of its own.

Found by reading what the remaining steps say, the scripts that they start included. A script that
reads a variable by a name that it makes up is not seen, so this is advice unless a fix follows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.editing.change import Delete
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.commands.atoms import Atom
    from moonpool.audit.editing.change import Address, Edit
    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.redundancy.runs import RunJob
    from moonpool.audit.redundancy.work import Work

__all__ = ["OF_THE_RUNNER", "TOOLS", "Orphan", "line_of", "orphans", "said"]

_NODE = (
    r"\b(node|npm|npx|yarn|pnpm|pnpx|corepack|bunx?|tsc|next|vite|turbo|nx|lerna|eslint|prettier)\b"
)
_JAVA = r"\b(java|javac|mvnw?|gradlew?|sbt|lein|keytool|sonar-scanner|sdkmanager|allure)\b"
# A set-up action with what a step says that uses its tool.
TOOLS: dict[str, str] = {
    "moonrepo/setup-toolchain": r"\b(moon|moonx|proto)\b",
    "moonrepo/setup-moon-action": r"\b(moon|moonx|proto)\b",
    "astral-sh/setup-uv": r"\buvx?\b",
    "actions/setup-node": _NODE,
    "pnpm/action-setup": r"\b(pnpm|pnpx)\b",
    "oven-sh/setup-bun": r"\bbunx?\b",
    "denoland/setup-deno": r"\bdeno\b",
    "actions/setup-go": r"\b(go|gofmt|goreleaser|golangci-lint|make|mage)\b",
    "actions/setup-java": _JAVA,
    "actions/setup-python": r"\b(python[\d.]*|pip3?|pipx|pytest|tox|poetry|pipenv|uvx?|hatch|twine|"
    r"ansible\S*|mkdocs|sphinx\S*|pre-commit|ruff|mypy|aws|sam|make|nox|invoke|pdm|playwright)\b",
    "ruby/setup-ruby": r"\b(ruby|gem|bundle|rake|rails|jekyll|pod|fastlane)\b",
    "snok/install-poetry": r"\bpoetry\b",
    "abatilo/actions-poetry": r"\bpoetry\b",
    "extractions/setup-just": r"\bjust\b",
    "extractions/setup-crate": r"\bjust\b",
    "arduino/setup-task": r"\btask\b",
    "dtolnay/rust-toolchain": r"\b(cargo|rustc|rustup|wasm-pack|maturin|tauri|cross)\b",
    "actions-rs/toolchain": r"\b(cargo|rustc|rustup|wasm-pack|maturin|tauri|cross)\b",
}
# `uv sync` fills an environment that is entered by uv, or by its folder.
_INSTALLED: dict[str, str] = {"uv": r"\buvx?\b|\.venv\b|\bVIRTUAL_ENV\b|\bactivate\b"}
# Languages in which a program whose name says nothing may be written.
_LANGUAGES = frozenset(
    {
        "actions/setup-node",
        "actions/setup-go",
        "actions/setup-java",
        "actions/setup-python",
        "ruby/setup-ruby",
        "dtolnay/rust-toolchain",
        "actions-rs/toolchain",
    }
)
# Programs of the runner itself, written in whatever they are.
OF_THE_RUNNER = frozenset(
    {
        "bash",
        "sh",
        "curl",
        "wget",
        "docker",
        "git",
        "ssh",
        "scp",
        "rsync",
        "gh",
        "aws",
        "tar",
        "zip",
    }
)
# Where a program on the runner finds a service container whose port it does not name.
_REACHES = re.compile(
    r"(?:@|//|-h\s*|--host[= ]|HOST[=:]\s*['\"]?)(localhost|127\.0\.0\.1)(?![\w.:])|job\.services"
)
_PORT = re.compile(r"(\d+)(?::\d+)?(?:/\w+)?$")
_PATH = re.compile(r"[\w./-]+\.(?:sh|bash|py|js|mjs|cjs|ts|rb|pl|ps1)\b")


@dataclass(frozen=True)
class Orphan:
    """One thing that nothing uses; ``line`` counts from 0. ``edit`` takes it out."""

    what: str
    address: Address
    line: int
    edit: Edit | None = None

    @property
    def removal(self) -> Edit:
        return self.edit or Delete(self.address)


def orphans(
    repository: Repository, entry: RunJob, works: Sequence[Work], without: frozenset[int]
) -> list[Orphan]:
    """Return what nothing uses in a job if the steps ``without`` were not there."""
    return [
        *_services(repository, entry, works, without),
        *_tools(repository, entry, works, without),
    ]


def _services(
    repository: Repository, entry: RunJob, works: Sequence[Work], without: frozenset[int]
) -> Iterator[Orphan]:
    left = [w for i, w in enumerate(works) if i not in without and w.role is not Role.CHECKOUT]
    text = " ".join((*(said(repository, work) for work in left), *entry.job.env.values()))
    tree = entry.workflow.tree
    for name, service in entry.job.services.items():
        ports = service.get("ports") if isinstance(service, dict) else None
        numbers = [m[1] for port in ports or () if (m := _PORT.search(str(port)))]
        words = (name, *numbers)
        gone = " ".join(said(repository, work) for i, work in enumerate(works) if i in without)
        # A test may know by itself where to find a service, unless others say it aloud.
        silent = not _names(words, gone) and any(_may_reach(work) for work in left)
        if not silent and not _names(words, text) and not _REACHES.search(text):
            address: Address = ("jobs", entry.job.id, "services", name)
            yield Orphan(f"the service `{name}`", address, line_of(tree, address))


def _names(words: Sequence[str], text: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in words)


def _may_reach(work: Work) -> bool:
    return any(atom.kind in (Kind.TEST, Kind.OTHER) for atom in work.atoms)


def _tools(
    repository: Repository, entry: RunJob, works: Sequence[Work], without: frozenset[int]
) -> Iterator[Orphan]:
    gone = set(without)
    found: dict[int, Orphan] = {}
    before = -1
    while len(gone) != before:  # What only an orphan uses is one as well.
        before = len(gone)
        for index, work in enumerate(works):
            pattern = _pattern(work)
            if index in gone or pattern is None:
                continue
            later = [w for i, w in enumerate(works) if i > index and i not in gone]
            veiled = any(map(_is_action, later)) or (
                _serves_any_program(work) and any(map(_is_veiled, later))
            )
            if not veiled and not any(re.search(pattern, said(repository, w)) for w in later):
                address: Address = ("jobs", entry.job.id, "steps", index)
                found[index] = Orphan(f"`{work.step.label}`", address, work.step.line)
                gone.add(index)
    return iter(found[index] for index in sorted(found))


def _is_action(work: Work) -> bool:
    """Whether a step is a linter or tester of somebody else's, which uses what it finds."""
    return work.role is Role.RUN and not (work.step.uses or "./").startswith("./")


def _serves_any_program(work: Work) -> bool:
    """Whether a step brings a language, or packages with programs of any name."""
    return work.step.action in _LANGUAGES or any(map(_installs_packages, work.atoms))


def _installs_packages(atom: Atom) -> bool:
    """Whether a command puts packages where every later Python finds them."""
    return atom.kind is Kind.INSTALL and atom.words[:2] == ("uv", "pip")


def _is_veiled(work: Work) -> bool:
    """Whether a step starts a program that may be written in any language."""
    return any(
        atom.kind in (Kind.OTHER, Kind.SHIP, Kind.BUILD)
        and atom.words
        and atom.words[0] not in OF_THE_RUNNER
        and not _PATH.fullmatch(atom.words[0])
        for atom in work.atoms
    )


def _pattern(work: Work) -> str | None:
    """What a step would say that uses what this one sets up; None for one that does more."""
    if work.step.action in TOOLS:
        return TOOLS[work.step.action]
    if any(map(_installs_packages, work.atoms)):
        return TOOLS["actions/setup-python"]
    programs = {atom.words[0] for atom in work.atoms if atom.kind is Kind.INSTALL and atom.words}
    only_installs = all(atom.kind in (Kind.INSTALL, Kind.NEUTRAL) for atom in work.atoms)
    if len(programs) == 1 and only_installs and work.step.uses is None:
        return _INSTALLED.get(programs.pop())
    return None


def said(repository: Repository, work: Work) -> str:
    """All that a step says, its atoms and the scripts that it starts included."""
    step = work.step
    own = (step.uses or "", step.run or "", *step.inputs.values(), *step.env.values())
    text = " ".join((*own, *(" ".join((atom.runner, *atom.words)) for atom in work.atoms)))
    paths = dict.fromkeys(_PATH.findall(text))
    return " ".join((text, *(repository.text(path.removeprefix("./")) or "" for path in paths)))


def line_of(tree: object, address: Address) -> int:
    """The line on which a key stands, counted from 0."""
    line = 0
    for step in address:
        entry = tree.entry(str(step)) if hasattr(tree, "entry") else None
        if entry is None:
            break
        line, tree = entry.key.line, entry.value
    return line
