"""Makespan over its lower bound: our scheduler against pytest-xdist's, on suites that sleep.

    python benchmarks/scheduling.py --workers 4,8,16 --seeds 5 --results ratios.jsonl > table.md

Real pytest runs; the makespan is the time from the first test's start to the last one's end, and
the bound is what the tests sleep, divided as well as any schedule could (`lower_bound`). Sleeping
tests need no CPU, so more workers than cores can be compared; pytest's own work per test does
need it, and on a small machine it is what separates a good schedule from 1.00. So no plugin but
pytest-xdist is loaded. Progress goes to stderr; with `--results` the ratios of several goes, each
with some policies or suites, are gathered in a file, and the table is of all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from moonpool.schedule import Unit, lower_bound

# Seconds per test, by file.
Suite = Mapping[str, Sequence[float]]

_FILES = 60

_CONFTEST = """
import json, os, time
import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER")
span = []

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol():
    span[:] = [*span[:1], time.monotonic()]
    outcome = yield
    span[1:] = [time.monotonic()]
    return outcome

def pytest_sessionfinish():
    if WORKER and span:
        with open(f"span-{WORKER}", "w") as stream:
            json.dump(span, stream)
"""

_PLUGIN = """
import json, os
from moonpool.plugin.names import ASKS

def pytest_configure(config):
    workerinput = getattr(config, "workerinput", None)
    if workerinput is None and "FILE_SECONDS" in os.environ:
        from moonpool.plugin.arrangement import Arrangement
        from moonpool.plugin.scheduling import LongestFirst
        workers = config.getoption("numprocesses")
        known = Arrangement(json.loads(os.environ["FILE_SECONDS"]), 0.01, workers=workers)
        config.pluginmanager.register(LongestFirst(known), "longest-first")
    elif workerinput is not None and ASKS in workerinput:
        from moonpool.plugin.lazy_loop import LazyLoop
        config.pluginmanager.register(LazyLoop(config))
"""


def _skewed(rng: random.Random) -> dict[str, list[float]]:
    # 59 files of 1-20 tests and a long one of three tests, which is a fifteenth of everything.
    files = [
        [rng.lognormvariate(0, 1) for _ in range(rng.randint(1, 20))] for _ in range(_FILES - 1)
    ]
    rest = sum(map(sum, files))
    files.append([rest / 14 / 3] * 3)
    rng.shuffle(files)
    return _named(files)


def _single(rng: random.Random) -> dict[str, list[float]]:
    return _named([[rng.lognormvariate(0, 1)] for _ in range(_FILES)])


def _equal(_rng: random.Random) -> dict[str, list[float]]:
    return _named([[1.0] * 5 for _ in range(_FILES)])


def _named(files: Iterable[list[float]]) -> dict[str, list[float]]:
    return {f"test_{number:02}.py": seconds for number, seconds in enumerate(files)}


_SUITES: Mapping[str, tuple[str, Callable[[random.Random], dict[str, list[float]]]]] = {
    "skewed": ("60 files of 1-20 tests, lognormal, one long file", _skewed),
    "single": ("60 files of one test, lognormal", _single),
    "equal": ("60 equal files of 5 tests", _equal),
}

# pytest-xdist's `--dist`, and whether our scheduler takes over and knows the seconds; `unknown` is
# a first run, where every file counts as so many tests, and `split` may cut files, as `load` does:
# the bound, of whole files, does not hold for those two and `worksteal`.
_POLICIES = {
    "moonpool": ("loadfile", True),
    "unknown": ("loadfile", False),
    "split": ("load", True),
    "loadfile": ("loadfile", None),
    "loadscope": ("loadscope", None),
    "load": ("load", None),
    "worksteal": ("worksteal", None),
}


@dataclass(frozen=True)
class Case:
    """One suite on so many workers."""

    suite: str
    workers: int
    seed: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the arguments ask for and print the table."""
    options = _parse(arguments)
    ratios: defaultdict[tuple[str, int, str], list[float]] = defaultdict(list)
    for case in _cases(options):
        suite = _suite(case, options.seconds)
        for policy in options.policies:
            ratio = _measure(suite, case.workers, policy)
            ratios[case.suite, case.workers, policy].append(ratio)
            print(f"{case} {policy}: {ratio:.3f}", file=sys.stderr, flush=True)
            _keep(options.results, case, policy, ratio)
    if options.results is not None:
        ratios = _gathered(options.results)
    _print_table(ratios)


def _keep(results: Path | None, case: Case, policy: str, ratio: float) -> None:
    if results is not None:
        with results.open("a") as stream:
            stream.write(json.dumps([case.suite, case.workers, policy, case.seed, ratio]) + "\n")


def _gathered(results: Path) -> defaultdict[tuple[str, int, str], list[float]]:
    ratios: defaultdict[tuple[str, int, str], list[float]] = defaultdict(list)
    for line in results.read_text().splitlines():
        suite, workers, policy, _seed, ratio = json.loads(line)
        ratios[suite, workers, policy].append(ratio)
    return ratios


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--workers", type=_numbers, default=[4, 8, 16], metavar="4,8,16")
    parser.add_argument("--seeds", type=int, default=5, help="suites of each kind")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each suite")
    parser.add_argument("--seconds", type=float, default=60.0, help="sleep in a suite, all tests")
    parser.add_argument("--suites", type=_words, default=list(_SUITES), metavar=",".join(_SUITES))
    parser.add_argument("--results", type=Path, help="gather the ratios of several goes here")
    parser.add_argument("--policies", type=_words, default=list(_POLICIES), metavar="A,B")
    return parser.parse_args(arguments)


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def _words(text: str) -> list[str]:
    known = {*_SUITES, *_POLICIES}
    if unknown := [word for word in text.split(",") if word not in known]:
        raise argparse.ArgumentTypeError(f"found {unknown}, expected some of {sorted(known)}")
    return text.split(",")


def _cases(options: argparse.Namespace) -> list[Case]:
    # Rounds are outermost, so that a disturbance of the machine falls on all policies alike.
    return [
        Case(suite, workers, seed)
        for _ in range(options.rounds)
        for suite in options.suites
        for workers in options.workers
        for seed in range(options.seeds)
    ]


def _suite(case: Case, seconds: float) -> Suite:
    _, make = _SUITES[case.suite]
    suite = make(random.Random(f"{case.suite} {case.seed}"))
    factor = seconds / sum(map(sum, suite.values()))
    return {name: [value * factor for value in tests] for name, tests in suite.items()}


def _measure(suite: Suite, workers: int, policy: str) -> float:
    units = [Unit(name, tuple(range(len(tests))), sum(tests)) for name, tests in suite.items()]
    with tempfile.TemporaryDirectory() as folder:
        makespan = _run(Path(folder), suite, workers, policy)
    return makespan / lower_bound(units, workers).seconds


def _run(root: Path, suite: Suite, workers: int, policy: str) -> float:
    _write(root, suite)
    dist, knows = _POLICIES[policy]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    if knows is not None:
        known = {name: sum(tests) for name, tests in suite.items()} if knows else {}
        environ["FILE_SECONDS"] = json.dumps(known)
    environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    program = [sys.executable, "-m", "pytest", "-q", "-p", "xdist.plugin", "-p", "benchmarked"]
    subprocess.run(
        [*program, "-n", str(workers), "--dist", dist],
        cwd=root,
        env=environ,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    spans = [json.loads(file.read_text()) for file in root.glob("span-*")]
    return float(max(end for _, end in spans) - min(start for start, _ in spans))


def _write(root: Path, suite: Suite) -> None:
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (root / "conftest.py").write_text(_CONFTEST)
    (root / "benchmarked.py").write_text(_PLUGIN)
    for name, tests in suite.items():
        lines = (f"def test_{n}(): time.sleep({value})\n" for n, value in enumerate(tests))
        (root / name).write_text("import time\n" + "".join(lines))


def _print_table(ratios: Mapping[tuple[str, int, str], Sequence[float]]) -> None:
    policies = [name for name in _POLICIES if any(policy == name for _, _, policy in ratios)]
    print("Makespan ÷ lower bound, median / worst\n")
    print("| suite | workers |", " | ".join(policies), "|")
    print("|---|---|" + "---|" * len(policies))
    for suite, workers in sorted({(suite, workers) for suite, workers, _ in ratios}):
        runs = [ratios.get((suite, workers, policy), ()) for policy in policies]
        cells = [f"{median(r):.3f} / {max(r):.3f} ({len(r)})" if r else "" for r in runs]
        print(f"| {_SUITES[suite][0]} | {workers} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
