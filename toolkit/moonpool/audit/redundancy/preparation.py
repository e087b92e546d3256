"""What a job has done before a check: what it installed, set up and changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.redundancy.orphans import TOOLS
from moonpool.audit.redundancy.surroundings import VERSIONED, named_legs
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from moonpool.audit.commands.atoms import Atom
    from moonpool.audit.redundancy.spot import Spot
    from moonpool.audit.redundancy.work import Work

__all__ = ["changes_files", "preparation_doubts", "prepared_legs"]

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
# Programs that look at others' answers, and so give none by being there.
_TEST_TOOLS = re.compile(
    r"(pip|pipx|uv pip) install( (-\S+|pytest[\w-]*|coverage\S*|codecov\S*|coveralls\S*|ruff\S*|"
    r"black\S*|flake8\S*|isort\S*|mypy\S*|pylint\S*|bandit\S*|tox\S*|nox\S*|pre-commit\S*))+|"
    r"(go|cargo) install .*|playwright install.*"
)
_BY_PACKAGES = frozenset({Kind.TEST, Kind.TYPES})
# Actions, and inputs of them, that prepare something else than what a check looks at.
_NOT_FOR_CHECKS = re.compile(
    r"actions/(cache.*|configure-pages)|.*cache.*|docker/.*|.*login.*|.*auth.*|.*configure-.*|"
    r".*harden-runner|.*disk-space.*|.*ssh-agent|.*token|.*paths-filter|.*changed-files|nrwl/.*|"
    r".*(gcloud|kubectl|helm|terraform|cosign|sbom|syft|wrangler|flyctl|firebase|doctl).*"
)
_INPUTS_ASIDE = re.compile(
    r".*cache.*|.*token.*|registry-url|scope|always-auth|check-latest|run_install|run-install|"
    r"github-.*|.*problem.*|version"
)
# Inputs of set-up actions that list what is there besides the language itself.
_LISTS = frozenset({"components", "targets", "target"})
# Where a script may write without changing what a later check reads.
_ELSEWHERE = re.compile(r"/.*|~.*|\$\{?(RUNNER_TEMP|GITHUB_\w+|HOME|TMPDIR|TEMP)\b.*|\$env:.*|&\d")


def preparation_doubts(spot: Spot, other: Spot, atom: Atom, twin: Atom) -> Iterator[str]:
    """Yield what is done to files, programs and variables here and not there, or there only."""
    yield from _installed(spot, other, atom)
    yield from _installed_there(spot, other, atom)
    if atom.kind is Kind.TEST:
        yield from _set_up(spot, other)
    yield from _changed_here(spot, other)
    yield from _changed_there(spot, other, twin)


def prepared_legs(spot: Spot) -> list[str]:
    """The axes of the matrix that say what is done before a check, versions left out."""
    texts = [
        " ".join((work.step.run or "", *work.step.inputs.values(), *work.step.env.values()))
        for work in spot.before
        if work.step.action not in VERSIONED and not _NOT_FOR_CHECKS.fullmatch(work.step.action)
    ]
    return named_legs(" ".join(texts))


def _changed_here(spot: Spot, other: Spot) -> Iterator[str]:
    there = {entry.key for entry in (*_atoms(other.before), *other.work.atoms)}
    actions = [_action(work) for work in other.before]
    for work in spot.before:
        unknown = work.role in (Role.OTHER, Role.SHIP) and _action(work) not in actions
        if _sets_variables(work, there):
            yield f"`{work.step.label}` sets variables for it"
        if unknown or any(changes_files(a) and a.key not in there for a in work.atoms):
            yield f"`{work.step.label}` runs before it and may change the files"


def _changed_there(spot: Spot, other: Spot, twin: Atom) -> Iterator[str]:
    here = {entry.key for entry in (*_atoms(spot.before), *spot.work.atoms)}
    for work in other.before:
        if _sets_variables(work, here):
            yield f"`{work.step.label}` sets variables there"
    before = list(other.work.atoms[: other.work.atoms.index(twin)])
    while twin.part and before and before.pop().part:
        pass  # The command that it is a part of does not come before it.
    for entry in (*_atoms(other.before), *before):
        if entry.kind is not Kind.BUILD and changes_files(entry) and entry.key not in here:
            yield f"`{entry.text}` may change the files there"


def _atoms(works: Iterable[Work]) -> Iterator[Atom]:
    return (atom for work in works for atom in work.atoms)


def _action(work: Work) -> tuple[str, frozenset[tuple[str, str]]]:
    return work.step.action, frozenset(work.step.inputs.items())


def changes_files(atom: Atom) -> bool:
    """Whether a command may change files that a check reads."""
    if atom.kind in (Kind.OTHER, Kind.BUILD, Kind.SHIP):
        return True
    return atom.kind is Kind.NEUTRAL and (
        atom.words[:1] == ("rm",) or any(not _ELSEWHERE.fullmatch(target) for target in atom.writes)
    )


def _sets_variables(work: Work, elsewhere: set[tuple[tuple[str, ...], str]]) -> bool:
    return any(
        atom.key not in elsewhere and ("GITHUB_ENV" in name or "GITHUB_PATH" in name)
        for atom in work.atoms
        for name in atom.writes
    )


def _set_up(spot: Spot, other: Spot) -> Iterator[str]:
    """Yield what set-up actions do here and not there, versions of languages left out."""
    there = dict(_given(other.before))
    for action, inputs in dict(_given(spot.before)).items():
        if action not in there and action not in VERSIONED and action not in TOOLS:
            yield f"`{action}` sets something up only here"
        elif action in there and _lacking(inputs, there[action]):
            yield f"`{action}` is set up with other inputs there"


def _lacking(mine: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Whether something is not set up there as it is here; a longer list has what a shorter has."""
    return any(
        not _listed(mine.get(name, "")) <= _listed(theirs.get(name, ""))
        if name in _LISTS
        else mine.get(name) != theirs.get(name)
        for name in mine.keys() | theirs.keys()
    )


def _listed(text: str) -> set[str]:
    return set(re.split(r"[\s,]+", text)) - {""}


def _given(works: Iterable[Work]) -> Iterator[tuple[str, dict[str, str]]]:
    for work in works:
        action = work.step.action
        if work.role is Role.SETUP and action and not _NOT_FOR_CHECKS.fullmatch(action):
            versions = VERSIONED.get(action, ())
            yield (
                action,
                {
                    name: value
                    for name, value in work.step.inputs.items()
                    if name not in versions and not _INPUTS_ASIDE.fullmatch(name)
                },
            )


def _installed(spot: Spot, other: Spot, atom: Atom) -> Iterator[str]:
    there = set(_installs(other))
    # What only reads the project's files needs its dependencies, and no program of the system.
    reads = atom.kind is not Kind.TEST
    for command, folder in dict.fromkeys(_installs(spot)):
        of_system = command.startswith(_SYSTEM)
        if (command, folder) not in there and not (reads and of_system):
            yield f"`{command}` runs before it only here"


def _installed_there(spot: Spot, other: Spot, atom: Atom) -> Iterator[str]:
    """Yield what an installer of this job brings there only: by it a test may pass there alone."""
    here = set(_installs(spot))
    installers = {command.partition(" ")[0] for command, _ in here}
    for command, folder in dict.fromkeys(_installs(other)) if atom.kind in _BY_PACKAGES else ():
        known = command.partition(" ")[0] in installers and not _TEST_TOOLS.fullmatch(command)
        if known and (command, folder) not in here:
            yield f"`{command}` runs before it only there"


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
