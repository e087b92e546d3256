"""A worker dies in the middle of a file with 50 files left: what becomes of the run.

    python benchmarks/crash.py --repetitions 100 --workers 2,4

Real runs of `moonpool test` and of plain pytest-xdist, each with `--dist loadfile`. A run is right
if it ends with code 1, reports each of its tests once, the one that killed its worker as failed
and all others as passed. A run that is still there after `--patience` seconds counts as hanging.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from rounds import plain_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FILES_LEFT = 50
_TESTS_EACH = 2
_KILLER = """
import os, signal
def test_before(): pass
def test_killer(): os.kill(os.getpid(), signal.SIGKILL)
def test_after_1(): pass
def test_after_2(): pass
"""
_TESTS = 4 + _FILES_LEFT * _TESTS_EACH

# No other plugin is loaded, which halves the time.
_XDIST = ("-p", "xdist.plugin")
_RIVALS: Mapping[str, Sequence[str]] = {
    "moonpool": ("-m", "moonpool", "test", "-p", "moonpool.plugin.entry", *_XDIST),
    "pytest-xdist": ("-m", "pytest", *_XDIST, "--dist", "loadfile"),
}


def main() -> None:
    """Run what the arguments ask for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--repetitions", type=int, default=100)
    parser.add_argument("--workers", default="2,4", metavar="2,4")
    parser.add_argument("--rivals", default=",".join(_RIVALS), metavar=",".join(_RIVALS))
    parser.add_argument("--patience", type=float, default=30.0, metavar="SECONDS")
    options = parser.parse_args()
    print("| | workers | runs | right | hung | reported twice or not at all |")
    print("|---|---|---|---|---|---|")
    for rival in options.rivals.split(","):
        for workers in options.workers.split(","):
            fates = Counter(
                _run(rival, workers, options.patience) for _ in range(options.repetitions)
            )
            counts = " | ".join(str(fates[fate]) for fate in ("right", "hung", "wrong"))
            print(f"| {rival} | {workers} | {fates.total()} | {counts} |", flush=True)


def _run(rival: str, workers: str, patience: float) -> str:
    environ = plain_environment(MOONPOOL_POOL="off", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _write(root)
        words = [*_RIVALS[rival], "-n", workers, "-q", "--junitxml=junit.xml"]
        with subprocess.Popen(
            [sys.executable, *words],
            cwd=root,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as child:
            try:
                code = child.wait(patience)
            except subprocess.TimeoutExpired:
                child.kill()
                return "hung"
        return "right" if code == 1 and _is_right(root / "junit.xml") else "wrong"


def _write(root: Path) -> None:
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    # It has the most tests, so that both schedulers begin with it.
    (root / "test_killer.py").write_text(_KILLER)
    body = "".join(f"def test_{number}(): pass\n" for number in range(_TESTS_EACH))
    for number in range(_FILES_LEFT):
        (root / f"test_{number:02}.py").write_text(body)


def _is_right(junit: Path) -> bool:
    cases = Counter[str]()
    failed = set[str]()
    for case in ElementTree.parse(junit).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        cases[name] += 1
        if len(case):
            failed.add(name)
    once = len(cases) == _TESTS and set(cases.values()) == {1}
    return once and len(failed) == 1 and "killer" in failed.pop()


if __name__ == "__main__":
    main()
