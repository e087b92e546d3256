"""A run that grows from 1 worker to 8 and shrinks to 2 while a worker is killed: nothing is lost.

python benchmarks/elastic.py [REPETITIONS] [TESTS]

The machine is said to have 8 CPUs; three neighbours in the pool hold and want what makes the run
grow and shrink. Each repetition is checked: every test reported once, in the JUnit file too, the
one that was killed as a crash, and every line of the package covered.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from moonpool.config import find_places
from moonpool.history import FileRun, RunRecord, StartRun, add_run
from moonpool.machine import read_machine
from moonpool.pool import Controller, Membership, Pool, machine_capacity, open_pool, pool_key

if TYPE_CHECKING:
    from collections.abc import Callable

CPUS, NEIGHBOURS, FILES = 8, 3, 200
PATIENCE_SECONDS = 600.0
SECONDS = 0.005
PACKAGE = """\
def double(number):
    if number % 2:
        return number + number
    return 2 * number
"""
TEST = """\
import pathlib, time
import pytest
from package import double

@pytest.mark.parametrize("number", range({tests}))
def test_it(number):
    pathlib.Path("begun").touch()
    time.sleep({seconds})
    assert double(number) == number * 2
"""


@dataclass(frozen=True)
class Outcome:
    """What one repetition showed; ``most`` and ``least`` are the workers held at the turns."""

    seconds: float
    most: int
    least: int
    faults: tuple[str, ...]


def main() -> None:
    """Print a line per repetition, and how many had a fault."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    tests = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    faulty = 0
    for number in range(repetitions):
        with tempfile.TemporaryDirectory() as folder:
            outcome = repeat(Path(folder), tests)
        faulty += bool(outcome.faults)
        print(
            f"{number + 1}: {outcome.seconds:.1f} s, grew to {outcome.most}, "
            f"shrank to {outcome.least}, {'; '.join(outcome.faults) or 'all there'}",
            flush=True,
        )
    print(f"{repetitions} repetitions of {tests} tests, {faulty} with a fault")
    sys.exit(bool(faulty))


def repeat(folder: Path, tests: int) -> Outcome:
    """Run the suite once, with the neighbours' turns, and look at what came of it."""
    project, environ = _plant(folder, tests)
    pool = _pool(environ)
    names = [f"neighbour{number}" for number in range(NEIGHBOURS)]
    neighbours = [pool.join(Controller(name, "", os.getpid())) for name in names]
    _want(neighbours[0], CPUS - 1)
    began = time.perf_counter()
    with (folder / "output").open("wb") as output:
        command = [sys.executable, "-m", "moonpool", "test", "-q", "--junitxml=junit.xml"]
        run = subprocess.Popen(command, cwd=project, env=environ, stdout=output, stderr=output)
        try:
            _await(run, lambda: (project / "begun").exists())
            neighbours[0].release(CPUS - 1)
            most = _await(run, lambda: _held(pool) >= CPUS and _held(pool))
            _kill_a_worker(run.pid)
            least = _await(run, lambda: _crowd(neighbours) and _held(pool) <= 2 and _held(pool))
            run.wait(timeout=PATIENCE_SECONDS)
        finally:
            run.kill()
    for neighbour in neighbours:
        neighbour.leave()
    seconds = time.perf_counter() - began
    return Outcome(seconds, most, least, tuple(_faults(project, tests, run.returncode)))


def _plant(folder: Path, tests: int) -> tuple[Path, dict[str, str]]:
    online = folder / "machine/sys/devices/system/cpu/online"
    online.parent.mkdir(parents=True)
    online.write_text(f"0-{CPUS - 1}\n")
    (folder / "pool").mkdir(mode=0o700)
    project = folder / "project"
    (project / "tests").mkdir(parents=True)
    (project / "package.py").write_text(PACKAGE)
    (project / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\npythonpath = ["."]\n[tool.coverage.run]\n'
        'source = ["package"]\nrelative_files = true\n'
    )
    each = tests // FILES
    for number in range(FILES):
        test = TEST.format(tests=each, seconds=SECONDS)
        (project / f"tests/test_{number:03}.py").write_text(test)
    dropped = ("MOON", "PYTEST", "COVERAGE", "PYTHONDONTWRITEBYTECODE")
    environ = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    environ["MOONPOOL_MACHINE_ROOT"] = str(folder / "machine")
    environ["MOONPOOL_POOL_DIR"] = str(folder / "pool")
    _remember(project, environ, each)
    return project, environ


def _remember(project: Path, environ: dict[str, str], each: int) -> None:
    """Let the run believe in so much work that each further worker pays, however slow its start."""
    names = [f"tests/test_{number:03}.py" for number in range(FILES)]
    files = {name: FileRun(each * SECONDS * 50, each) for name in names}
    history = find_places(project, environ).history_file
    add_run(history, RunRecord("any", files, StartRun(CPUS, 1.0, 0.5, CPUS), day=100_000))


def _pool(environ: dict[str, str]) -> Pool:
    machine = read_machine(root=Path(environ["MOONPOOL_MACHINE_ROOT"]))
    return open_pool(machine_capacity(machine, 0), pool_key(machine), environ=environ)


def _want(neighbour: Membership, workers: int) -> bool:
    return neighbour.sync(workers, weight=1.0, worker_bytes=0).granted >= workers


def _crowd(neighbours: list[Membership]) -> bool:
    """Have each neighbour ask for as many as leave the run two."""
    granted = [_want(neighbour, CPUS // 4) for neighbour in neighbours]
    return all(granted)


def _held(pool: Pool) -> int:
    standings = pool.snapshot().standings
    return sum(each.claim.held for each in standings if each.controller.project == "project")


def _await(run: subprocess.Popen[bytes], look: Callable[[], int | bool]) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and run.poll() is None:
        if found := look():
            return int(found)
        time.sleep(0.05)
    return -1


def _kill_a_worker(controller: int) -> None:
    with contextlib.suppress(OSError, IndexError):
        children = Path(f"/proc/{controller}/task/{controller}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)


def _faults(project: Path, tests: int, code: int) -> list[str]:
    cases = [
        f"{case.get('classname')}::{case.get('name')}"
        for case in ElementTree.parse(project / "junit.xml").iter("testcase")
    ]
    # pytest writes a report of no phase, as that of a crash is, as an error.
    crashes = [
        error
        for error in ElementTree.parse(project / "junit.xml").iter("error")
        if "crashed while running" in (error.get("message", "") + (error.text or ""))
    ]
    twice = [name for name, count in Counter(cases).items() if count > 1]
    faults = []
    if len(set(cases)) != tests:
        faults.append(f"{len(set(cases))} of {tests} tests reported")
    if twice:
        faults.append(f"{len(twice)} tests reported twice")
    # A worker that dies between two tests ran none that could be at fault.
    if (code, len(crashes)) not in ((1, 1), (0, 0)):
        faults.append(f"exit {code} with {len(crashes)} crashes")
    return faults + _uncovered(project)


def _uncovered(project: Path) -> list[str]:
    report = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "--data-file", ".moonpool/coverage", "-o", "-"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    if report.returncode:
        return [f"no coverage: {report.stdout}{report.stderr}"]
    missing = json.loads(report.stdout)["totals"]["missing_lines"]
    return [f"{missing} lines not covered"] if missing else []


if __name__ == "__main__":
    main()
