"""Real processes that come, go and are killed; the long form is benchmarks/pool_stress.py."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.moon import REPOSITORY
from tests.support.project import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

# Takes the only slot and shows that nobody else has it, again and again. Who is refused leaves, so
# that nobody waits in the ledger and newcomers race. The marker knows nothing of the ledger: making
# it twice is an error.
TAKE_TURNS = """
import os, pathlib, random, sys, time
from moonpool.pool import Capacity, Controller, open_pool
marker = pathlib.Path(sys.argv[1], "marker")
pool = open_pool(Capacity(1.0, None), "k", environ={"MOONPOOL_POOL_DIR": sys.argv[1] + "/pools"})
sys.stdin.readline()
turns = 0
while turns < 50:
    with pool.join(Controller("p", "/c", os.getpid()), floor=0) as member:
        if member.sync(1, weight=1.0, worker_bytes=0).granted:
            marker.touch(exist_ok=False)
            time.sleep(random.uniform(0, 0.001))
            marker.unlink()
            turns += 1
    time.sleep(random.uniform(0, 0.001))
"""

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


@needs_fork
def test_slots_are_never_oversold_nor_lost_and_everybody_is_served() -> None:
    program = REPOSITORY / "benchmarks" / "pool_stress.py"
    done = subprocess.run(
        [sys.executable, str(program), "--controllers=20", "--seconds=5", "--capacity=4"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("never served, failed   0, 0") == 2


def test_the_only_slot_is_never_taken_twice(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TAKE_TURNS, str(tmp_path)]
    racers = [
        subprocess.Popen(command, env=clean_environment(), stdin=subprocess.PIPE) for _ in range(6)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write(b"\n")
        racer.stdin.close()
    assert [racer.wait() for racer in racers] == [0] * 6
    assert not list(tmp_path.rglob("*.json"))
