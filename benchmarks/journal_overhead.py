"""What the journal costs its controller: CPU microseconds per test, without pytest around it.

    python benchmarks/journal_overhead.py --tests 20000 --files 200

The recorder gets the three reports of each test as pytest gives them, and a file's costs with the
last one; so this is all that it adds in a run with workers, to about 400 microseconds that pytest's
controller spends on a test that does nothing.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import pytest

from moonpool.history import what_it_taught
from moonpool.journal import VERSION, Journal
from moonpool.plugin.costs import Meter
from moonpool.plugin.reported import Reported
from moonpool.plugin.usage import ATTRIBUTE

_PHASES = ("setup", "call", "teardown")


def main() -> None:
    """Measure writing, the worker's look at its costs, and learning; print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--tests", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=200)
    options = parser.parse_args()
    each = options.tests // options.files
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.jsonl")
        writing = _write(path, options.files, each)
        began = time.process_time()
        what_it_taught(path, Path(folder))
        learning = time.process_time() - began
        size = path.stat().st_size
    tests = each * options.files
    print("| | microseconds |\n|---|---|")
    print(f"| the journal, per test | {writing / tests * 1e6:.1f} |")
    print(f"| a look at the costs, per file | {_look() * 1e6:.1f} |")
    print(f"| learning from it at the end, per test | {learning / tests * 1e6:.1f} |")
    print(f"\n{size / 2**20:.1f} MiB for {tests} tests in {options.files} files")


def _write(path: Path, files: int, each: int) -> float:
    journal = Journal(path)
    journal.note("run", version=VERSION)
    reported = Reported(journal)
    reports = [_reports(file, test, each) for file in range(files) for test in range(each)]
    began = time.process_time()
    for phases in reports:
        for report in phases:
            reported.take(report)
    journal.close()
    return time.process_time() - began


def _reports(file: int, test: int, each: int) -> list[pytest.TestReport]:
    name = f"tests/test_{file:04}.py"
    reports = [
        pytest.TestReport(f"{name}::test_{test}", (name, 1, ""), {}, "passed", None, phase)
        for phase in _PHASES
    ]
    if test == each - 1:
        setattr(reports[-1], ATTRIBUTE, {"tests": each, "seconds": 0.1, "cpu_seconds": 0.1})
    return reports


def _look(rounds: int = 2000) -> float:
    meter = Meter()
    began = time.process_time()
    for _ in range(rounds):
        meter.read()
    return (time.process_time() - began) / rounds


if __name__ == "__main__":
    main()
