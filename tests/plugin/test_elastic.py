"""Runs that share a machine: real pytest processes and one ledger, on a machine of four CPUs."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from moonpool.journal import last_journals, read_journal
from tests.plugin.shared_machine import TESTS

if TYPE_CHECKING:
    import subprocess

    from tests.plugin.shared_machine import SharedMachine, SharedProject

FOUR_FILES = "test_00 or test_01 or test_02 or test_03"


def _busy(machine: SharedMachine, *words: str) -> tuple[SharedProject, subprocess.Popen[str]]:
    """Start a run that holds all four workers until it is released."""
    project = machine.project("first")
    project.hold()
    run = project.begin(*words, "-k", FOUR_FILES)
    project.await_workers(4, run)
    return project, run


def _owe_workers(first: SharedProject, second: SharedProject) -> subprocess.Popen[str]:
    """Start a run while the first is held, and let the first go on until it has given one back."""
    second.hold()
    late = second.begin()
    second.await_workers(1, late)
    time.sleep(1.5)  # In which the early run looks at the pool again, its files not yet ended.
    first.release()
    second.await_workers(2, late)
    return late


def _was_told_of_a_surplus(project: SharedProject) -> bool:
    (journal,) = last_journals(project.root / ".moonpool" / "journal")
    return any(entry.facts["surplus"] for entry in read_journal(journal, ["slots"]))


def test_a_run_grows_when_another_one_ends(machine: SharedMachine) -> None:
    first, busy = _busy(machine, "-n", "4")
    second = machine.project("second")
    run = second.begin()
    second.await_workers(1, run)
    first.release()
    first.finish(busy, tests=16)
    output = second.finish(run)
    assert "moonpool: 1 worker now, 4 as other runs end: 4 CPUs" in output
    assert "moonpool: workers held by other runs: first (4)\n" in output
    assert len(second.seen_workers) > 1


def test_a_run_gives_back_what_another_one_is_owed(machine: SharedMachine) -> None:
    first, second = machine.project("first"), machine.project("second")
    first.hold()
    early = first.begin()
    first.await_workers(4, early)
    late = _owe_workers(first, second)
    assert "moonpool: 4 workers: 4 CPUs" in first.finish(early)
    assert sorted(Counter(first.began).values())[:2] == [4, 4]
    second.release()
    assert "moonpool: 1 worker now, 4 as other runs end: 4 CPUs" in second.finish(late)
    assert _was_told_of_a_surplus(first)


def test_a_run_that_took_workers_late_grows_when_another_one_ends(machine: SharedMachine) -> None:
    first, second = machine.project("first"), machine.project("second")
    first.hold()
    busy = first.begin("-n", "2", "-k", FOUR_FILES)
    first.await_workers(2, busy)
    second.forget()
    run = second.begin()
    second.await_workers(3, run)
    assert second.seen_workers == {"main", "gw0", "gw1"}
    first.release()
    first.finish(busy, tests=16)
    second.finish(run)
    assert len(second.seen_workers) > 3


def test_a_run_that_took_workers_late_gives_them_back(machine: SharedMachine) -> None:
    first, second = machine.project("first"), machine.project("second")
    first.forget()
    early = first.begin()
    first.await_workers(5, early)
    first.hold()
    late = _owe_workers(first, second)
    first.finish(early)
    second.release()
    second.finish(late)
    assert _was_told_of_a_surplus(first)


def test_slots_of_a_killed_run_come_back(machine: SharedMachine) -> None:
    _, killed = _busy(machine)
    killed.kill()
    killed.communicate()
    second = machine.project("second")
    assert "moonpool: 4 workers: 4 CPUs" in second.finish(second.begin())


def test_a_run_can_be_independent(machine: SharedMachine) -> None:
    first, busy = _busy(machine)
    second = machine.project("second")
    second.environ["MOONPOOL_POOL"] = "off"
    assert "moonpool: 4 workers: 4 CPUs" in second.finish(second.begin())
    first.release()
    first.finish(busy, tests=16)


def test_a_run_without_a_floor_waits_for_a_worker(machine: SharedMachine) -> None:
    first, busy = _busy(machine)
    second = machine.project("second")
    second.environ["MOONPOOL_FLOOR"] = "0"
    run = second.begin("-k", FOUR_FILES)
    waiting = second.see_waiting(run, "first (4)")
    first.release()
    first.finish(busy, tests=16)
    output = second.finish(run, tests=16)
    assert waiting not in output
    assert "moonpool: 4 workers: 4 CPUs" in output


def test_a_worker_that_starts_too_late_is_not_waited_for(machine: SharedMachine) -> None:
    first, busy = _busy(machine)
    second = machine.project("second")
    second.write(
        "conftest.py",
        "import os, pathlib, time\n"
        "if os.environ.get('PYTEST_XDIST_WORKER', 'gw0') != 'gw0':\n"
        "    pathlib.Path('started').touch()\n"
        "    while pathlib.Path('../one/held').exists() or True:\n"
        "        time.sleep(0.1)\n",
    )
    second.hold()
    run = second.begin("-k", FOUR_FILES)
    second.await_workers(1, run)
    first.release()
    first.finish(busy, tests=16)
    while not (second.root / "started").exists():
        assert run.poll() is None
        time.sleep(0.02)
    second.release()
    second.finish(run, tests=16)
    assert second.seen_workers == {"gw0"}


def test_a_crash_while_growing_loses_no_test(machine: SharedMachine) -> None:
    first, busy = _busy(machine)
    second = machine.project("second")
    second.write(
        "tests/test_00.py",
        "import os, signal\n"
        "def test_crash(): os.kill(os.getpid(), signal.SIGKILL)\n"
        "def test_after(): pass\n",
    )
    run = second.begin()
    second.await_workers(1, run)
    first.release()
    first.finish(busy, tests=16)
    second.finish(run, code=1, tests=TESTS - 4 + 2)


def test_a_pool_that_cannot_be_shared_is_told_once(machine: SharedMachine) -> None:
    first = machine.project("first")
    first.environ["MOONPOOL_POOL_DIR"] = str(first.root / "pyproject.toml")
    output = first.finish(first.begin())
    assert output.count("moonpool: no pool of workers can be shared: ") == 1
    assert "moonpool: 4 workers: 4 CPUs" in output
