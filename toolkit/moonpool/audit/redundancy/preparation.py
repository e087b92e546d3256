"""What a job has done before a check: which commit it took, and what it installed and changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.reading.expressions import evaluate
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.commands.atoms import Atom
    from moonpool.audit.reading.expressions import Known
    from moonpool.audit.redundancy.occasions import Occasion
    from moonpool.audit.redundancy.runs import RunJob
    from moonpool.audit.redundancy.spot import Spot
    from moonpool.audit.redundancy.work import Work

__all__ = ["other_files", "plain_checkout", "preparation_doubts"]

_OWN_COMMIT = frozenset({"github.sha", "github.ref", "github.ref_name", "github.event.after"})
_THE_COMMIT = "the commit that started the run"
_EXPRESSION = re.compile(r"\$\{\{.*\}\}", re.DOTALL)
# They say how to install, or how much is printed meanwhile, not what.
_MANNER = re.compile(
    r"-q+|-y|-U|--(quiet|silent|frozen-lockfile|frozen|locked|immutable|prefer-offline|no-audit|"
    r"no-fund|no-progress|progress=\w+|no-cache-dir|disable-pip-version-check|no-interaction|yes|"
    r"upgrade|no-input|non-interactive|ci|no-daemon|batch-mode|ansi|no-ansi|no-install-recommends)"
)
_SYSTEM = ("apt-get ", "apk ", "brew ", "dnf ", "yum ", "choco ")
_FROM_LOCK = frozenset({"ci", "i", "install", "clean-install", "install-clean"})
_PACKAGERS = frozenset({"npm", "yarn", "pnpm", "bun"})
# Installers of installers and of browsers, which no answer depends on, and those of languages,
# whose versions are compared by themselves.
_ASIDE = re.compile(
    r"pip install( (pip|setuptools|wheel|pip-tools|uv|poetry|hatch|tox|nox|build|twine)\S*)+|"
    r"(npm|pnpm|yarn|bun) (i|install|add|global add) (-g|--global)?.*\b(npm|pnpm|yarn)(@\S+)?|"
    r"corepack .*|playwright install.*|pipx install (poetry|uv|hatch|tox|nox|twine|build)\S*|"
    r"(apt|apt-get|apk|brew|dnf|yum|choco) (update|upgrade)|(npm|pnpm|yarn|git|pip) config .*|"
    r"docker (login|pull).*|(uv python|uv venv|pyenv|nvm|fnm|rustup|volta) ?.*"
)


def plain_checkout(works: Sequence[Work], entry: RunJob, occasion: Occasion) -> bool:
    """Whether a job checks out the commit that started the run, and nothing else."""
    given = [work.step.inputs for work in works if work.role is Role.CHECKOUT]
    return bool(given) and all(
        inputs.get("repository", "") in ("", "${{ github.repository }}")
        and _is_own_commit(inputs.get("ref", ""), entry, occasion)
        for inputs in given
    )


def other_files(spot: Spot, other: Spot) -> bool:
    """Whether the two jobs certainly check out other parts, or into other folders."""
    names = ("path", "sparse-checkout")
    return any(_checkout(spot, name) != _checkout(other, name) for name in names)


def preparation_doubts(spot: Spot, other: Spot, atom: Atom) -> Iterator[str]:
    """Yield what is done to files, programs and variables here and not there."""
    yield from _installed(spot, other, atom)
    there = {atom.key for work in (*other.before, other.work) for atom in work.atoms}
    actions = {work.step.action for work in other.before}
    for work in spot.before:
        unknown = work.role in (Role.OTHER, Role.SHIP) and work.step.action not in actions
        acts = [a for a in work.atoms if a.kind in (Kind.OTHER, Kind.BUILD, Kind.SHIP)]
        if _sets_variables(work, there):
            yield f"`{work.step.label}` sets variables for it"
        if unknown or any(atom.key not in there for atom in acts):
            yield f"`{work.step.label}` runs before it and may change the files"
    here = {atom.key for work in (*spot.before, spot.work) for atom in work.atoms}
    for work in other.before:
        if _sets_variables(work, here):
            yield f"`{work.step.label}` sets variables there"
    for name in ("submodules", "lfs"):
        if _checkout(spot, name) and not _checkout(other, name):
            yield f"the checkout has `{name}` only here"


def _is_own_commit(ref: str, entry: RunJob, occasion: Occasion) -> bool:
    if not _EXPRESSION.fullmatch(ref.strip()):
        return not ref
    known = occasion.lookup(entry.inputs)

    def lookup(path: str) -> Known:
        if path in _OWN_COMMIT or (path, occasion.event) in (
            ("github.event.release.tag_name", "release"),
            ("github.event.merge_group.head_sha", "merge_group"),
        ):
            return _THE_COMMIT
        if path.startswith("env."):
            return _variable(path.partition(".")[2], entry, lookup)
        return known(path)

    return evaluate(ref, lookup) in (_THE_COMMIT, "", None)


def _variable(name: str, entry: RunJob, lookup: object) -> Known:
    given = {**entry.workflow.env, **entry.job.env}
    text = next((value for key, value in given.items() if key.lower() == name), "")
    if not _EXPRESSION.fullmatch(text.strip()):
        return text
    assert callable(lookup)
    return None if "env." in text else evaluate(text, lookup)


def _checkout(spot: Spot, name: str) -> str:
    found = (work.step.inputs.get(name, "") for work in spot.before if work.role is Role.CHECKOUT)
    return " ".join(value for value in found if value not in ("", "false"))


def _sets_variables(work: Work, elsewhere: set[tuple[tuple[str, ...], str]]) -> bool:
    return any(
        atom.key not in elsewhere and ("GITHUB_ENV" in name or "GITHUB_PATH" in name)
        for atom in work.atoms
        for name in atom.writes
    )


def _installed(spot: Spot, other: Spot, atom: Atom) -> Iterator[str]:
    there = set(_installs(other))
    # What only reads the project's files needs its dependencies, and no program of the system.
    reads = atom.kind is not Kind.TEST
    for command, folder in dict.fromkeys(_installs(spot)):
        of_system = command.startswith(_SYSTEM)
        if (command, folder) not in there and not (reads and of_system):
            yield f"`{command}` runs before it only here"


def _installs(spot: Spot) -> Iterator[tuple[str, str]]:
    """Yield each command that installs what a check may use, in one spelling, and its folder."""
    for work in (*spot.before, spot.work):
        for atom in work.atoms:
            if atom.kind is Kind.INSTALL and not _ASIDE.fullmatch(said := _spelt(atom)):
                yield said, atom.folder


def _spelt(atom: Atom) -> str:
    words = [word for word in atom.words if not _MANNER.fullmatch(word)]
    if words[0] in _PACKAGERS:
        bare = len(words) == 1 or (len(words) == 2 and words[1] in _FROM_LOCK)
        words = [words[0], "install"] if bare else words
    if words[0] in ("apt", "apt-get"):
        words = ["apt-get", *words[1:2], *sorted(words[2:])]
    return " ".join(words)
