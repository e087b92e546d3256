"""Many controllers come, go and are killed, while an observer counts the slots that they hold.

    python benchmarks/pool_stress.py --controllers 100 --seconds 60

A third of the controllers end by SIGKILL at a random moment. In the first half of the time each
gets its first worker at once (floor 1), in the second each waits for it (floor 0). The observer
does not read the ledger: every controller says in shared memory what it runs, after it was granted
and before it gives back, and a killed one counts until the signal is sent. Exits with 1 when slots
were oversold, kept by the dead, or somebody was never served.
"""

from __future__ import annotations

import argparse
import contextlib
import mmap
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field

from moonpool.pool import Capacity, Controller, Pool, open_pool

# Of each controller: workers it runs, its floor, whether it was (or is about to be) killed, and
# the microseconds that it waited for its first worker plus one (0 while it has none), and how
# often the line before the ledger was too long to get an answer.
HELD, FLOOR, DOOMED, WAITED, MISSED, FIELDS = 0, 1, 2, 3, 4, 5


class Board:
    """What all controllers say of themselves, in memory that they share."""

    def __init__(self, places: int) -> None:
        self._memory = mmap.mmap(-1, places * FIELDS * 8)
        self._numbers = memoryview(self._memory).cast("q")
        self.places = places

    def write(self, place: int, name: int, number: int) -> None:
        """Set one number, in one store."""
        self._numbers[place * FIELDS + name] = number

    def read(self, place: int, name: int) -> int:
        """Return one number."""
        return self._numbers[place * FIELDS + name]

    def clear(self, place: int) -> None:
        """Forget a controller that has ended."""
        for name in range(FIELDS):
            self.write(place, name, 0)

    def oversold(self, capacity: int) -> int:
        """Return how many slots are in use beyond the capacity and the floors of the living."""
        seen = None
        while seen != (seen := self._numbers.tobytes()):
            pass
        numbers = memoryview(seen).cast("q").tolist()
        held = floors = 0
        for start in range(0, len(numbers), FIELDS):
            workers, floor, doomed = numbers[start : start + 3]
            if not doomed:
                held += workers
                floors += min(workers, floor)
        return held - capacity - floors


# A controller that has no worker so long after the last newcomer will never get one.
_GIVE_UP_SECONDS = 60.0


@dataclass
class Outcome:
    """What was seen."""

    ended: int = 0
    killed: int = 0
    observations: int = 0
    worst_oversold: int = -(2**31)
    longest_wait_seconds: float = 0.0
    unserved: int = 0
    failed: int = 0
    missed: int = 0
    back_seconds: float = 0.0
    running: dict[int, int] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether everything that the pool promises was kept."""
        kept = self.worst_oversold <= 0 and not self.unserved and not self.failed
        return kept and self.back_seconds <= 1.0


def live(pool: Pool, board: Board, place: int, seed: int) -> None:
    """Be one controller: wait for a first worker, work a while, grow, give back, leave."""
    dice = random.Random(seed)
    floor, wanted = board.read(place, FLOOR), dice.randint(1, 8)
    with pool.join(Controller(f"project-{seed}", "/stress", os.getpid()), floor=floor) as member:
        joined = time.monotonic()
        end = None
        while end is None or time.monotonic() < end:
            allowance = member.sync(wanted, weight=1.0, worker_bytes=0)
            if not allowance.shared:
                board.write(place, MISSED, board.read(place, MISSED) + 1)
            board.write(place, HELD, allowance.granted)
            if allowance.granted and end is None:
                end = time.monotonic() + dice.uniform(0.1, 2.0)
                board.write(place, WAITED, round((time.monotonic() - joined) * 1e6) + 1)
            time.sleep(dice.uniform(0.05, 0.5))
            if surplus := allowance.surplus:
                board.write(place, HELD, allowance.granted - surplus)
                member.release(surplus)
        board.write(place, HELD, 0)


def start(pool: Pool, board: Board, place: int, seed: int, floor: int) -> int:
    """Start a controller in a process of its own and return its id."""
    board.clear(place)
    board.write(place, FLOOR, floor)
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        live(pool, board, place, seed)
        status = 0
    finally:
        os._exit(status)


def collect(board: Board, outcome: Outcome) -> list[int]:
    """Note who has ended, and return their places."""
    free = []
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            place = outcome.running.pop(ended[0])
            outcome.ended += 1
            waited, doomed = board.read(place, WAITED), board.read(place, DOOMED)
            outcome.longest_wait_seconds = max(outcome.longest_wait_seconds, waited / 1e6)
            outcome.unserved += not waited and not doomed
            outcome.failed += ended[1] != 0 and not doomed
            outcome.missed += board.read(place, MISSED)
            board.clear(place)
            free.append(place)
    return free


def kill_one(board: Board, outcome: Outcome, dice: random.Random) -> None:
    """Kill a controller that is not about to die already; it counts as dead from just before."""
    pid = dice.choice(list(outcome.running))
    place = outcome.running[pid]
    if not board.read(place, DOOMED):
        board.write(place, DOOMED, 1)
        os.kill(pid, signal.SIGKILL)
        outcome.killed += 1


def give_up(outcome: Outcome) -> None:
    """End those who were never served; they count as such when they are collected."""
    for pid in outcome.running:
        os.kill(pid, signal.SIGKILL)


def stress(pool: Pool, wish: argparse.Namespace, floor: int) -> Outcome:
    """Keep processes coming and going for a while, and watch them."""
    dice, board, outcome = random.Random(wish.seed), Board(wish.controllers), Outcome()
    free, started = list(range(wish.controllers)), 0
    end = time.monotonic() + wish.seconds / 2
    while (now := time.monotonic()) < end or outcome.running:
        while free and now < end:
            place = free.pop()
            outcome.running[start(pool, board, place, wish.seed + started, floor)] = place
            started += 1
        if outcome.running and outcome.killed < started / 3 and dice.random() < 0.2:
            kill_one(board, outcome, dice)
        if now > end + _GIVE_UP_SECONDS:
            give_up(outcome)
        free += collect(board, outcome)
        outcome.worst_oversold = max(outcome.worst_oversold, board.oversold(wish.capacity))
        outcome.observations += 1
        time.sleep(0.002)
    outcome.back_seconds = all_back(pool, wish.capacity)
    return outcome


def all_back(pool: Pool, capacity: int) -> float:
    """Return the seconds until a newcomer is granted the whole machine."""
    began = time.monotonic()
    with pool.join(Controller("last", "/stress", os.getpid())) as member:
        while member.sync(capacity, weight=1.0, worker_bytes=0).granted < capacity:
            if time.monotonic() - began > 10:
                break
            time.sleep(0.005)
    return time.monotonic() - began


def main() -> int:
    """Run, print what was seen, and say whether it was good."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--controllers", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--capacity", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        capacity = Capacity(float(wish.capacity), None)
        pool = open_pool(capacity, "stress", environ={"MOONPOOL_POOL_DIR": folder})
        assert pool.trouble is None, pool.trouble
        outcomes = {floor: stress(pool, wish, floor) for floor in (1, 0)}
    for floor, outcome in outcomes.items():
        print(f"floor {floor}")
        print(f"  controllers ended      {outcome.ended}, of them killed {outcome.killed}")
        print(f"  observations           {outcome.observations}")
        print(f"  most beyond the bound  {outcome.worst_oversold} slots (0 or less is right)")
        print(f"  longest wait           {outcome.longest_wait_seconds:.2f} s for a first worker")
        print(f"  never served, failed   {outcome.unserved}, {outcome.failed}")
        print(f"  answers put off        {outcome.missed}")
        print(f"  all slots back after   {outcome.back_seconds * 1000:.0f} ms")
    return 0 if all(outcome.good for outcome in outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
