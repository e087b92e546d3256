"""Memory as a wall: runs on a machine that has little, or whose kernel kills."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from moonpool.history import load_history

if TYPE_CHECKING:
    from tests.plugin.shared_machine import SharedMachine, SharedProject

FREE = "MemAvailable:   14873660 kB"
SHORT = "MemAvailable:     102400 kB"
EVENTS = "sys/fs/cgroup/system.slice/hosted-compute-agent.service/memory.events"
KILLS, ONE_KILL = "oom_kill 0", "oom_kill 1"
KILL = "os.kill(os.getpid(), signal.SIGKILL)"
IMPORTS = "import os, pathlib, signal, time\n"

# What a worker is planned with whose project nobody has measured.
PLANNED_BYTES = 400 * 2**20


# As many tests as the other files have, so that this one is as long and starts among the first.
MORE = "".join(f"def test_more_{n}(): pass\n" for n in range(3))


def _first_file(project: SharedProject, *lines: str) -> None:
    body = "".join(f"    {line}\n" for line in lines)
    project.write("tests/test_00.py", f"{IMPORTS}def test_it():\n{body}{MORE}")


def test_the_youngest_workers_end_when_memory_runs_short(machine: SharedMachine) -> None:
    project = machine.project("one")
    _first_file(project, machine.rewrite("proc/meminfo", FREE, SHORT))
    output = project.finish(project.begin())
    free = f"100.0 MiB of memory free ({machine.root}/proc/meminfo (available))"
    told = f"\nmoonpool: {free}, the reserve is 256.0 MiB: workers end after their files until "
    assert output.count(told) == 1
    assert len(project.seen_workers) == 4
    assert len(set(project.began[-8:])) < 4


def test_a_run_waits_for_the_memory_that_it_is_known_to_need(machine: SharedMachine) -> None:
    first, second = machine.project("first"), machine.project("second")
    for project in (first, second):
        # Of 16 GB.
        project.environ["MOONPOOL_WORKER_MEMORY"] = "9GiB"
    first.hold()
    holds = first.begin("-k", "test_00")
    first.await_workers(1, holds)
    waits = second.begin("-k", "test_00")
    second.see_waiting(waits, "first (1)")
    first.release()
    first.finish(holds, tests=4)
    second.finish(waits, tests=4)


def test_a_worker_that_the_kernel_killed_for_memory_is_not_replaced(machine: SharedMachine) -> None:
    project = machine.project("one")
    _first_file(project, machine.rewrite(EVENTS, KILLS, ONE_KILL), KILL)
    output = project.finish(project.begin(), code=1)
    assert "ran out of memory: the run goes on with one worker less" in output
    assert project.seen_workers <= {"gw0", "gw1", "gw2", "gw3"}
    *_, starts = load_history(project.root / ".moonpool/history.jsonl").starts.values()
    assert starts[-1].least_bytes == 2 * PLANNED_BYTES


def test_a_run_that_was_killed_as_a_whole_teaches_the_next_one(machine: SharedMachine) -> None:
    project = machine.project("one")
    project.forget()
    _first_file(project, machine.rewrite(EVENTS, KILLS, ONE_KILL), KILL)
    words = ("-n", "0", "tests/test_00.py")
    project.begin(*words).communicate()
    project.write("tests/test_00.py", "def test_it(): pass\n")
    said = "the last run was killed for want of memory: each process is now planned to take 800.0 "
    assert said in project.finish(project.begin(*words), tests=1)
    explained = project.moonpool("workers", "--explain").stdout
    assert "at 800.0 MiB per worker" in explained
    assert said not in project.finish(project.begin(*words), tests=1)


def test_a_worker_that_somebody_else_killed_is_replaced(machine: SharedMachine) -> None:
    project = machine.project("one")
    _first_file(project, "pathlib.Path('held').touch()", KILL)
    run = project.begin()
    while "gw4" not in project.seen_workers:
        assert run.poll() is None
        time.sleep(0.02)
    project.release()
    assert "ran out of memory" not in project.finish(run, code=1)
