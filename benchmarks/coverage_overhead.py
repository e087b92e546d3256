"""A whole suite under `moonpool test` against the same under pytest-cov, and without coverage.

python benchmarks/coverage_overhead.py [--kinds line,branch] [--workers 0,2] [--rounds N]

The tests take their time in Python code that is measured: small functions with loops and branches,
as a parser or a calculation has them. Each round runs all rivals in turn; the figures are medians.
Every rival writes its data file and no report; that the two files have the same pairs is asserted.
Nothing is known of earlier runs, since the number of workers is given.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from coverage import CoverageData
from rounds import alternate, table

_SOURCE = '''\
def tokens(text):
    """Yield the words and numbers of a text."""
    word = ""
    for letter in text:
        if letter.isalnum():
            word += letter
        elif word:
            yield word
            word = ""
    if word:
        yield word


def weight(word):
    """Return what a word weighs."""
    total = 0
    for place, letter in enumerate(word):
        if letter.isdigit():
            total += int(letter) * place
        elif letter in "aeiou":
            total -= 1
        else:
            total += ord(letter) % 7
    return total


def heaviest(text):
    """Return the heaviest word of a text."""
    best = None
    for word in tokens(text):
        if best is None or weight(word) > weight(best):
            best = word
    return best
'''

_TESTS = """\
import pytest
from words.part_{n} import heaviest

TEXT = "the quick brown fox 123 jumps over 45 lazy dogs, " * 200


@pytest.mark.parametrize("number", range({tests}))
def test_heaviest(number):
    assert heaviest(TEXT + str(number)) == "the"
"""


def plant(root: Path, branches: bool, files: int, tests: int) -> None:
    """Write a project whose every test file has a source of its own."""
    package = root / "src" / "words"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (root / "tests").mkdir()
    for number in range(files):
        (package / f"part_{number}.py").write_text(_SOURCE)
        text = _TESTS.format(n=number, tests=tests)
        (root / "tests" / f"test_part_{number}.py").write_text(text)
    (root / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\npythonpath = ["src"]\ntestpaths = ["tests"]\n'
        f'[tool.coverage.run]\nsource = ["src"]\nbranch = {str(branches).lower()}\n'
    )


def pairs(root: Path, path: Path) -> set[tuple[str, object]]:
    """Return all lines and arcs of a data file under names relative to the project."""
    data = CoverageData(basename=str(path))
    data.read()
    found: set[tuple[str, object]] = set()
    for name in data.measured_files():
        known = [*(data.lines(name) or ()), *(data.arcs(name) or ())]
        found.update((os.path.relpath(root / name, root), pair) for pair in known)
    data.close()
    return found


def compare(kind: str, workers: str, wish: argparse.Namespace) -> str:
    """Return a table of the rivals."""
    python = (sys.executable, "-m")
    plain = (*python, "pytest", "-q", "-p", "no:moonpool", "-p", "no:cacheprovider")
    # pytest-xdist's own distribution by files, as moonpool's is.
    given = ("-n", workers, "--dist", "loadfile") if workers != "0" else ()
    dropped = ("COV", "PYTEST", "MOON")
    environ = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        plant(root, kind == "branch", wish.files, wish.tests)
        rivals = {
            "pytest-cov": lambda: [*plain, "--cov", "--cov-report=", *given],
            "moonpool": lambda: [
                *(*python, "moonpool", "test", "-q", "-p", "no:cacheprovider", "-n", workers)
            ],
            "no coverage": lambda: [*plain, "-p", "no:pytest_cov", *given],
        }
        costs = alternate(rivals, wish.rounds, cwd=root, environ=environ)
        ours, theirs = (pairs(root, root / name) for name in (".moonpool/coverage", ".coverage"))
        assert ours == theirs != set(), ours ^ theirs
    return table(costs, "pytest-cov")


def main() -> None:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kinds", default="line,branch")
    parser.add_argument("--workers", default="0,2")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--tests", type=int, default=30)
    wish = parser.parse_args()
    for kind in wish.kinds.split(","):
        for workers in wish.workers.split(","):
            version = ".".join(map(str, sys.version_info[:3]))
            print(f"\nPython {version}, {kind}, workers: {workers}\n", flush=True)
            print(compare(kind, workers, wish), flush=True)


if __name__ == "__main__":
    main()
