"""`moonpool pool` shows who holds what, on a machine of 4 CPUs and 2 GiB beyond the reserve."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.machine import read_machine
from moonpool.pool import Controller, Pool, machine_capacity, open_pool, pool_key
from tests.support.project import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

MIB = 2**20


@pytest.fixture
def environ(tmp_path: Path, base: Path) -> dict[str, str]:
    """The environment of a process on that machine."""
    root = tmp_path / "machine"
    for name, text in {
        "proc/meminfo": f"MemTotal: {2304 * 1024} kB\nMemAvailable: {2304 * 1024} kB\n",
        "proc/self/status": "Cpus_allowed_list:\t0-3\n",
        "sys/devices/system/cpu/online": "0-3\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return clean_environment(
        MOONPOOL_MACHINE_ROOT=str(root),
        MOONPOOL_POOL_DIR=str(base),
        MOONPOOL_MEMORY_RESERVE="256MiB",
    )


@pytest.fixture
def machine_pool(environ: dict[str, str], tmp_path: Path) -> Pool:
    """The pool that runs on that machine share."""
    machine = read_machine(root=tmp_path / "machine")
    return open_pool(machine_capacity(machine, 256 * MIB), pool_key(machine), environ=environ)


def _show(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "moonpool", "pool", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_an_empty_pool_says_so(environ: dict[str, str]) -> None:
    done = _show(environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "the pool is empty: 4 CPUs and 2.0 GiB are free\n"


def test_unknown_memory_is_said_to_be_unknown(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "machine/proc/meminfo").write_text("")
    done = _show(environ)
    assert done.stdout == "the pool is empty: 4 CPUs and memory that nobody knows are free\n"


def test_the_table_shows_everybody_and_what_is_free(
    environ: dict[str, str], machine_pool: Pool
) -> None:
    with (
        machine_pool.join(Controller("backend", "/src/shop", 4711)) as backend,
        machine_pool.join(Controller("core", "/src/other", 12)) as core,
    ):
        core.sync(1, weight=0.5, worker_bytes=100 * MIB)
        backend.sync(8, weight=1.0, worker_bytes=400 * MIB)
        done = _show(environ)
    lines = done.stdout.splitlines()
    waiting = lines[1].split(maxsplit=8)[-1]
    assert lines[0].split() == (
        ["project", "checkout", "pid", "held", "wanted", "target", "cpus", "memory", "waiting"]
    )
    assert lines[1].startswith("backend  /src/shop   4711     3       8       3     3    1.2 GiB  ")
    assert waiting.endswith(("ms", "s"))
    assert lines[2].startswith("core     /src/other    12     1       1       1   0.5  100.0 MiB  ")
    assert lines[2].endswith("-")
    assert lines[3:] == ["", "4 CPUs and 2.0 GiB in all, 0.5 CPUs and 748.0 MiB free"]


def test_json_is_one_object_with_a_version(environ: dict[str, str], machine_pool: Pool) -> None:
    controller = Controller("backend", "/src/shop", 4711, "run-1", "2026-01-02T03:04:05")
    with machine_pool.join(controller) as backend:
        backend.sync(2, weight=1.5, worker_bytes=100, own_bytes=50)
        done = _show(environ, "--json")
    answer = json.loads(done.stdout)
    assert answer == {
        "version": 1,
        "folder": str(machine_pool.folder),
        "capacity": {"cpus": 4.0, "memory_bytes": 2048 * MIB},
        "free": {"cpus": 1.0, "memory_bytes": 2048 * MIB - 250},
        "controllers": [
            {
                "project": "backend",
                "checkout": "/src/shop",
                "pid": 4711,
                "run": "run-1",
                "started": "2026-01-02T03:04:05",
                "held": 2,
                "wanted": 2,
                "target": 2,
                "floor": 1,
                "cpus_per_worker": 1.5,
                "bytes_per_worker": 100,
                "cpus": 3.0,
                "bytes_of_controller": 50,
                "memory_bytes": 250,
                "waiting_seconds": None,
                "understood": True,
            }
        ],
    }


def test_watching_draws_plain_lines_into_a_pipe_until_it_is_interrupted(
    environ: dict[str, str],
) -> None:
    command = [sys.executable, "-m", "moonpool", "pool", "--watch"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        lines = [watching.stdout.readline() for _ in range(2)]
        watching.send_signal(signal.SIGINT)
        assert watching.wait() == 0
    assert lines == ["the pool is empty: 4 CPUs and 2.0 GiB are free\n"] * 2


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals to open here")
def test_watching_redraws_in_a_terminal(environ: dict[str, str]) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "moonpool", "pool", "--watch"]
    with subprocess.Popen(command, env=environ, stdout=theirs) as watching:
        drawn = os.read(ours, 100)
        watching.send_signal(signal.SIGINT)
        assert watching.wait() == 0
    assert drawn.startswith(b"\x1b[H\x1b[Jthe pool is empty: ")
    os.close(ours)
    os.close(theirs)


def test_a_folder_that_cannot_be_trusted_is_an_error(
    environ: dict[str, str], base: Path, tmp_path: Path
) -> None:
    base.symlink_to(tmp_path)
    done = _show(environ)
    assert (done.returncode, done.stdout) == (65, "")
    assert done.stderr == (
        f"error: this machine has no pool of workers to share: `{base}` is a symbolic link\n"
        "hint: set `MOONPOOL_POOL_DIR` to a folder of your own on a local disk\n"
    )


def test_watching_and_json_exclude_each_other(environ: dict[str, str]) -> None:
    done = _show(environ, "--watch", "--json")
    assert done.returncode == 64
    assert done.stderr.startswith("error: `--watch` and `--json` exclude each other\n")


def test_what_cannot_be_read_is_shown_as_such(environ: dict[str, str], machine_pool: Pool) -> None:
    from moonpool.pool.ledger import Ledger

    assert machine_pool.folder is not None
    own = Ledger(machine_pool.folder).enter(b"garbage")
    lines = _show(environ).stdout.splitlines()
    own.remove()
    assert lines[1].split()[:6] == ["?", "(unreadable)", "?", "?", "1", "1"]
