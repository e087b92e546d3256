"""Which options of a check say what is checked, which ask for more, and which only say how.

`pytest -q -n 4` and `pytest` are one check; with `--cov` it asks for more, and with `-k slow` it is
another. A letter means another thing to each tool, so letters are listed by tool.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["essential", "is_limit", "is_lock", "is_measure", "is_threshold"]

# Options that change what is printed, or how quickly, not what is checked.
_QUIET = re.compile(
    r"-v+|-q+|--(verbose|quiet|silent|(no-)?colou?rs?|colou?rs?=.*|tb(=.*)?|durations(-min)?(=.*)?|"
    r"junit-?xml(=.*)?|html=.*|self-contained-html|no-header|no-summary|full-trace|showlocals|"
    r"(show-|no-)?progress|output-format(=.*)?|out-format(=.*)?|error-format(=.*)?|"
    r"message-format(=.*)?|reporters?(=.*)?|testdox|output-on-failure|log-(cli-)?level=.*|"
    r"loglevel=.*|pretty|(no-)?cache|cache-location=.*|memory-limit=.*|runInBand|"
    r"numprocesses(=.*)?|maxWorkers(=.*)?|dist(=.*)?|jobs(=.*)?|workers(=.*)?|concurrency(=.*)?|"
    r"workspace-concurrency(=.*)?|test-threads(=.*)?|bail(=\d+)?|exitfirst|maxfail(=.*)?|"
    r"no-fail-fast|ci|no-daemon|batch-mode|no-transfer-progress|console=.*|stacktrace|info|"
    r"no-interaction|(no-)?ansi|if-present|no-sync|no-restore|no-build|nologo|verbosity(=.*)?|"
    r"logger(=.*)?|results-directory(=.*)?)"
)
_QUIET_OF_TOOL = {
    "pytest": re.compile(r"-n(\d+|auto|logical)?|-l|-s|-x|-r[a-zA-Z]+"),
    "go": re.compile(r"-failfast|-count=1|-json|-(p|parallel)(=\d+)?"),
    "mvn": re.compile(r"-B|-e|-ntp"),
    "make": re.compile(r"-s|-j\d*"),
    **dict.fromkeys(("eslint", "rubocop", "rspec", "flake8"), re.compile(r"-f|--format(=.*)?")),
    **dict.fromkeys(
        ("cargo", "ctest", "pylint", "flake8", "mocha", "prove", "golangci-lint"),
        re.compile(r"-j\d*"),
    ),
}
_ALIKE = {"py.test": "pytest", "mvnw": "mvn", "./mvnw": "mvn"}
# They take the next word, if it is a number or alike, and those that take any.
_COUNTED = re.compile(
    r"-[njp]|-parallel|--(numprocesses|maxWorkers|jobs|workers|concurrency|workspace-concurrency|"
    r"test-threads|bail|maxfail|durations|retries|reruns|timeout|testTimeout|max-warnings|"
    r"cov-fail-under|colou?rs?|nextest-threads)|-timeout"
)
_COUNT = re.compile(r"\d[\w.%]*|auto|logical|max|yes|no|always|never")
_NAMED = frozenset(
    {
        *("--tb", "--dist", "--verbosity", "--logger", "--reporter", "--reporters", "--junitxml"),
        *("--output-format", "--out-format", "--error-format", "--message-format", "--format"),
        *("-f", "--results-directory", "--collect", "--cov", "--cov-report", "--cov-config"),
        *("-coverprofile", "-covermode", "-coverpkg", "--coverage-clover", "--coverage-html"),
        *("--coverage-xml", "--coverage-cobertura", "--coverageReporters", "--coverageDirectory"),
        *("-D", "--deny"),
    }
)
# A run that also measures, or stops at a threshold, says all that a run without them says.
_MEASURES = re.compile(
    r"--cov(=.*)?|--coverage(=true)?|-cover(profile|mode|pkg)?(=.*)?|--collect[:=].*|"
    r"--enable-coverage|--coverage\.enabled(=true)?"
)
_REPORTS = re.compile(r"--cov-(report|config|append|branch)(=.*)?|--coverage[.A-Z-].*")
_THRESHOLDS = re.compile(
    r"--cov-fail-under=.*|--coverageThreshold.*|--coverage\.thresholds.*|--strict.*|-race|"
    r"--max-warnings=.*|-Werror|--all-targets|--passWithNoTests=false"
)
# Denied warnings, which stand behind `--` of `cargo clippy`.
_DENIED = re.compile(r"(-D|--deny)=.*|-D[a-z].*")
# With them the check also says whether the lock file fits.
_LOCKS = re.compile(r"--frozen|--locked|--frozen-lockfile")
# They decide how long a test may take, or how often it may fail.
_LIMITS = re.compile(r"--?(timeout|testTimeout|retries|reruns|retry)(=.*)?")
# Options without a value whatever the tool, so that their place among the others says nothing.
_FLAGS = frozenset(
    {
        *("--check", "--diff", "--all", "--all-files", "--all-features", "--all-targets"),
        *("--workspace", "--release", "--no-default-features", "--noEmit", "--check-only"),
        *("--show-diff-on-failure", "--list-different", "--recursive", "--verify-no-changes"),
        *("--lib", "--bins", "--tests", "--examples", "--doc"),
    }
)
# Tools for which a letter of the lists above means something else.
_LITERAL = frozenset({"gofmt", "goimports", "prettier"})
_OF_CARGO = {"--all": "--workspace", "-r": "--release"}


def essential(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words that say what is checked, and the options that ask for more or less time.

    An option with its value is one text there: `--cov=src`.
    """
    if not words or words[0] in _LITERAL:
        return tuple(words), ()
    tool = words[0].rpartition("/")[2]
    quiet = _QUIET_OF_TOOL.get(_ALIKE.get(tool, tool))
    kept = [words[0]]
    more: list[str] = []
    left = list(words[1:])
    while left:
        word = left.pop(0)
        said = _said(word, left)
        if _asks_more(said, words):
            more.append(said)
        elif _QUIET.fullmatch(word) or (quiet is not None and quiet.fullmatch(word)):
            continue
        else:
            kept += [word, *([said.removeprefix(f"{word}=")] if said != word else [])]
    return tuple(_in_order(_tidy(kept))), tuple(more)


def is_threshold(option: str) -> bool:
    """Whether a check fails by this option where it passes without it."""
    return bool(_THRESHOLDS.fullmatch(option) or _DENIED.fullmatch(option))


def is_measure(option: str) -> bool:
    """Whether the option measures coverage, which may have to reach what a file asks for."""
    return _MEASURES.fullmatch(option) is not None


def is_lock(option: str) -> bool:
    """Whether the option also checks that a lock file fits."""
    return _LOCKS.fullmatch(option) is not None


def is_limit(option: str) -> bool:
    """Whether the option says how long a test may take, or how often it may fail."""
    return _LIMITS.fullmatch(option) is not None


def _said(word: str, left: list[str]) -> str:
    """An option with the value that is taken from the words behind it, if it has one."""
    follows = left[0] if left else "-"
    takes = (word in _NAMED and not follows.startswith("-")) or (
        _COUNTED.fullmatch(word) is not None and _COUNT.fullmatch(follows) is not None
    )
    return f"{word}={left.pop(0)}" if takes else word


def _asks_more(said: str, words: Sequence[str]) -> bool:
    if _DENIED.fullmatch(said):
        return "clippy" in words
    asks = (_MEASURES, _REPORTS, _THRESHOLDS, _LOCKS, _LIMITS)
    return any(pattern.fullmatch(said) for pattern in asks)


def _tidy(words: list[str]) -> list[str]:
    """Spell alike what tools take for the same."""
    if words[0].rpartition("/")[2] in ("mvn", "mvnw", "gradle", "gradlew"):
        words = [word for word in words if word != "clean"]
    if words[0] == "cargo":
        words = [_OF_CARGO.get(word, word) for word in words]
        if "fmt" in words or words[-1:] == ["--"]:
            words = [word for word in words if word != "--"]
    places = [word for word in words[2:] if not word.startswith("-")]
    if words[0] == "ruff" and places == ["."]:
        words = [word for word in words if word != "."]
    return [_path(word) for word in words]


def _path(word: str) -> str:
    tidy = word.removeprefix("./") if not word.startswith("./...") else word
    return tidy.rstrip("/") or word


def _in_order(words: list[str]) -> list[str]:
    """Put options that take no value behind the others, but not behind `--`."""
    end = words.index("--") if "--" in words else len(words)
    flags = sorted(word for word in words[:end] if word in _FLAGS)
    return [*(word for word in words[:end] if word not in _FLAGS), *flags, *words[end:]]
