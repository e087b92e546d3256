"""`moonpool test` against the better of serial pytest and `-n auto`, over a grid of suites.

    python benchmarks/never_slower.py --tests 10,100,1000,5000 --seconds 0.001,0.01,0.1,1 \
        --starts 0.1,1,3

Tests compute; the start-up is what the suite's conftest computes when it is imported. Suites that
would take longer than `--longest` seconds serially are left out, as are plugins other than
pytest-xdist and moonpool. `first` knows nothing of the suite, `known` what `first` has measured.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rounds import alternate, medians, plain_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_SPIN = """
import time

def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
"""
_XDIST = ("-p", "xdist.plugin")
_PLAIN = (sys.executable, "-m", "pytest", "-q")
_MOONPOOL = (sys.executable, "-m", "moonpool", "test", "-q", *_XDIST, "-p", "moonpool.plugin.entry")


def main() -> None:
    """Run what the arguments ask for and print a row as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--tests", type=_numbers, default=[10, 100, 1000, 5000])
    parser.add_argument("--seconds", type=_numbers, default=[0.001, 0.01, 0.1, 1.0])
    parser.add_argument("--starts", type=_numbers, default=[0.1, 1.0, 3.0])
    parser.add_argument("--longest", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    print("| tests | each | start-up | serial | `-n auto` | first | ÷ best | known | ÷ best |")
    print("|---|---|---|---|---|---|---|---|---|")
    for tests, seconds, start in _cells(options):
        walls = _measure(int(tests), seconds, start, options.rounds)
        best = min(walls["serial"], walls["auto"])
        print(
            f"| {int(tests)} | {seconds * 1000:g} ms | {start:g} s "
            f"| {walls['serial']:.1f} s | {walls['auto']:.1f} s "
            f"| {walls['first']:.1f} s | {walls['first'] / best:.2f} "
            f"| {walls['known']:.1f} s | {walls['known'] / best:.2f} |",
            flush=True,
        )


def _numbers(text: str) -> list[float]:
    return [float(word) for word in text.split(",")]


def _cells(options: argparse.Namespace) -> Iterator[tuple[float, float, float]]:
    for start in options.starts:
        for tests in options.tests:
            for seconds in options.seconds:
                if tests * seconds <= options.longest:
                    yield tests, seconds, start


def _measure(tests: int, seconds: float, start: float, rounds: int) -> dict[str, float]:
    environ = plain_environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", MOONPOOL_POOL="off")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _write(root, tests, seconds, start)
        rivals: Mapping[str, Callable[[], Sequence[str]]] = {
            "serial": lambda: _PLAIN,
            "auto": lambda: (*_PLAIN, *_XDIST, "-n", "auto"),
            "first": partial(_forgetful, root),
            "known": lambda: _MOONPOOL,
        }
        costs = alternate(rivals, rounds, cwd=root, environ=environ)
    assert all(cost.exit_code == 0 for rival in costs.values() for cost in rival), costs
    return {name: medians(rival).wall_seconds for name, rival in costs.items()}


def _forgetful(root: Path) -> Sequence[str]:
    shutil.rmtree(root / ".moonpool", ignore_errors=True)
    return _MOONPOOL


def _write(root: Path, tests: int, seconds: float, start: float) -> None:
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\npythonpath = ['.']\n")
    (root / "spinning.py").write_text(_SPIN)
    (root / "conftest.py").write_text(f"from spinning import spin\nspin({start})\n")
    files = min(50, max(2, tests // 5))
    for number in range(files):
        own = range(number, tests, files)
        body = "".join(f"def test_{n}(): spin({seconds})\n" for n in own)
        (root / f"test_{number:02}.py").write_text(f"from spinning import spin\n{body}")


if __name__ == "__main__":
    main()
