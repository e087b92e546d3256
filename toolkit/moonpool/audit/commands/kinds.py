"""What a command does, by the tool that it starts: tests, lints, installs, builds, ships.

The tables name tools whose meaning is settled. Anything else is OTHER, and what is OTHER is never
removed. Scans that ask a database of advisories are SCAN: their answer changes with time, so an
earlier run does not replace a later one.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

from moonpool.audit.commands.tools import TOOLS, VERBS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Kind", "kind_by_name", "kind_of"]


class Kind(enum.Enum):
    """What a command is good for."""

    TEST = "test"
    LINT = "lint"
    TYPES = "types"
    FORMAT = "format"
    SCAN = "scan"
    BUILD = "build"
    INSTALL = "install"
    SHIP = "ship"
    NEUTRAL = "neutral"
    OTHER = "other"

    @property
    def is_check(self) -> bool:
        """Whether the command only says yes or no, and says it again for the same content."""
        return self in (Kind.TEST, Kind.LINT, Kind.TYPES, Kind.FORMAT)


def _paragraphs(table: str) -> list[str]:
    """Return a table's entries, each with the indented lines that belong to it."""
    return table.strip().replace("\n    ", " ").splitlines()


def _by_tool() -> dict[str, Kind]:
    split = (entry.partition(":") for entry in _paragraphs(TOOLS))
    return {tool: Kind(kind) for kind, _, tools in split for tool in tools.split()}


def _by_verb() -> dict[str, dict[str, Kind]]:
    found: dict[str, dict[str, Kind]] = {}
    for entry in _paragraphs(VERBS):
        tool, *groups = entry.split(" | ")
        split = (group.partition(":") for group in groups)
        found[tool] = {
            "" if verb == "-" else verb: Kind(kind)
            for kind, _, verbs in split
            for verb in verbs.split()
        }
    return found


_BY_TOOL = _by_tool()
_BY_VERB = _by_verb()
# Without one of these words the tool changes files instead of checking them.
_CHECKS_ONLY = {
    "black": ("--check", "--diff"),
    "isort": ("--check", "--check-only", "-c", "--diff"),
    "prettier": ("--check", "-c", "--list-different", "-l"),
    "yapf": ("--diff", "-d"),
    "autopep8": ("--diff", "-d"),
    "gofmt": ("-l", "-d"),
    "goimports": ("-l", "-d"),
    "nixfmt": ("--check", "-c"),
    "taplo": ("--check",),
    "clang-format": ("--dry-run", "-n"),
    "stylua": ("--check", "-c"),
    "php-cs-fixer": ("--dry-run",),
    "rustfmt": ("--check",),
    "dprint": ("check",),
    "pint": ("--test",),
}
_FORMATTERS = {
    "ruff": ("--check", "--diff"),
    "cargo": ("--check",),
    "deno": ("--check",),
    "dotnet": ("--verify-no-changes",),
    "mix": ("--check-formatted",),
    "terraform": ("-check", "--check", "-check=true"),
    "tofu": ("-check", "--check", "-check=true"),
    "gleam": ("--check",),
    "rebar3": ("--check",),
    "forge": ("--check",),
    "zig": ("--check",),
    "dart": ("--set-exit-if-changed",),
    "hatch": ("--check",),
    "biome": (),
}
_MUTATES = frozenset({"--fix", "--write", "--apply", "--fix-only", "-w", "--add-noqa", "-i"})
# With one of these a tool that ships does all but that.
_REHEARSES = ("--dry-run", "--dry_run", "--dryrun", "--snapshot")
_WATCHES = frozenset({"--watch", "--watchAll", "--ui", "--update-snapshots", "-u"})
_TYPESCRIPT = frozenset({"tsc", "vue-tsc", "tsgo"})
_ASKS_VERSION = frozenset({"--version", "-version", "-v", "-V", "version"})
# To these `-v` means to say more.
_SAYS_MORE = frozenset(
    {
        *("pytest", "py.test", "unittest", "nose2", "behave", "prove", "ctest", "stestr", "tox"),
        *("nox", "flake8", "mypy", "pylint", "bandit", "ansible-lint", "vulture", "gotestsum"),
    }
)
_PROGRAMS_HERE = re.compile(
    r"(.*/)?(activate(\.\w+)?|nvm\.sh|\.cargo/env|\.(bash|zsh)rc|\.profile)"
)
_GIT_CHECKS = frozenset({"--exit-code", "--quiet", "--check"})


def kind_of(words: Sequence[str]) -> Kind:
    """Return what a command does; its words are already without wrappers such as `npx`."""
    if not words:
        return Kind.NEUTRAL
    tool = words[0].rpartition("/")[2].removesuffix(".exe").removesuffix(".cmd")
    rest = words[1:]
    asks = len(rest) == 1 and rest[0] in _ASKS_VERSION
    if asks and not (rest[0] == "-v" and tool in _SAYS_MORE):
        return Kind.NEUTRAL
    special = _SPECIAL.get(tool)
    kind = special(rest) if special else _by_table(tool, rest)
    if kind is Kind.SHIP and any(word.startswith(_REHEARSES) for word in rest):
        return Kind.BUILD
    if kind.is_check and _MUTATES.intersection(rest) - _harmless(tool):
        return Kind.OTHER
    return Kind.OTHER if kind is Kind.TEST and _WATCHES.intersection(rest) else kind


def _harmless(tool: str) -> set[str]:
    # `pytest -w`, `go test -i` and alike mean something else.
    return {"-w", "-i"} if tool not in ("gofmt", "goimports", "clang-format", "black") else set()


def _by_table(tool: str, rest: Sequence[str]) -> Kind:
    if tool in _CHECKS_ONLY:
        return Kind.FORMAT if set(_CHECKS_ONLY[tool]).intersection(rest) else Kind.OTHER
    if tool in _BY_VERB:
        verb = next((word for word in rest if word[:1] not in "-+"), "").lower()
        kind = _BY_VERB[tool].get(verb, Kind.OTHER)
        if kind is Kind.FORMAT and (wanted := _FORMATTERS.get(tool)):
            return kind if set(wanted).intersection(rest) else Kind.OTHER
        return kind
    return _BY_TOOL.get(tool, Kind.OTHER)


_PYTHON: dict[tuple[str, ...], Kind] = {
    ("manage.py", "test"): Kind.TEST,
    ("manage.py", "check"): Kind.LINT,
    ("-m", "build"): Kind.BUILD,
    ("-m", "venv"): Kind.INSTALL,
    ("-m", "ensurepip"): Kind.INSTALL,
    ("-m", "virtualenv"): Kind.INSTALL,
}


def _typescript(rest: Sequence[str]) -> Kind:
    return Kind.TYPES if "--noEmit" in rest or "--noemit" in rest else Kind.BUILD


def _python(rest: Sequence[str]) -> Kind:
    return _PYTHON.get((*rest[:2],), Kind.OTHER)


def _node(rest: Sequence[str]) -> Kind:
    return Kind.TEST if "--test" in rest else Kind.OTHER


def _git(rest: Sequence[str]) -> Kind:
    if list(rest[:1]) == ["diff"] and _GIT_CHECKS.intersection(rest):
        return Kind.LINT
    if list(rest[:1]) == ["tag"] and (len(rest) == 1 or rest[1] in ("-l", "--list")):
        return Kind.NEUTRAL
    return _by_table("git", rest)


def _maven(rest: Sequence[str]) -> Kind:
    """A goal includes those before it, and the gravest names the command."""
    goals = [word.rpartition(":")[2].lower() for word in rest if not word.startswith("-")]
    table = {**_BY_VERB["mvn"], **_BY_VERB["gradle"]}
    kinds = [table.get(goal, Kind.OTHER) for goal in goals if goal != "clean"]
    for kind in (Kind.OTHER, Kind.SHIP, Kind.BUILD):
        if kind in kinds or not kinds:
            return kind
    return kinds[0]


def _sed(rest: Sequence[str]) -> Kind:
    edits = any(word.startswith(("-i", "--in-place")) for word in rest)
    return Kind.OTHER if edits else Kind.NEUTRAL


def _source(rest: Sequence[str]) -> Kind:
    # A file of variables may say anything; these only say where programs are.
    known = bool(rest) and _PROGRAMS_HERE.fullmatch(rest[0])
    return Kind.NEUTRAL if known else Kind.OTHER


_SPECIAL: dict[str, Callable[[Sequence[str]], Kind]] = {
    **dict.fromkeys(_TYPESCRIPT, _typescript),
    **dict.fromkeys(("python", "python3", "py"), _python),
    **dict.fromkeys(("mvn", "mvnw", "gradle", "gradlew"), _maven),
    **dict.fromkeys((".", "source"), _source),
    "node": _node,
    "git": _git,
    "sed": _sed,
}
_CHECK_NAME = re.compile(
    r"(?<![a-z])(tests?|specs?|e2e|unit|lint|linting|types?-?check(ing)?|types|tsc|check|checks|"
    r"verify|validate|ci|coverage|cov|fmt-check|mypy|ruff|eslint|pytest|jest|vitest|clippy)(?![a-z])"
)
_OTHER_NAME = re.compile(
    r"(?<![a-z])(build|bundle|compile|deploy|release|publish|start|serve|dev|watch|fix|write|update|"
    r"generate|codegen|gen|up|down|push|upload|seed|migrate|clean|install|setup)(?![a-z])"
)
_LINT_NAME = re.compile(r"lint|check|verify|validate|fmt|format|ruff|eslint|clippy")
_TYPES_NAME = re.compile(r"type|tsc|mypy")


def kind_by_name(name: str) -> Kind:
    """Return what a task seems to do, for one whose commands could not be read."""
    name = name.lower()
    if _OTHER_NAME.search(name):
        return Kind.BUILD if "build" in name or "compile" in name else Kind.OTHER
    if not _CHECK_NAME.search(name):
        return Kind.OTHER
    if _TYPES_NAME.search(name):
        return Kind.TYPES
    return Kind.LINT if _LINT_NAME.search(name) else Kind.TEST
