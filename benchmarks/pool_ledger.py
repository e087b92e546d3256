"""What one operation on the pool's ledger costs, with 1 to 200 controllers in it.

    python benchmarks/pool_ledger.py

Each controller is a record with a lock of its own; one of them asks again and again. Prints the
median and the worst in milliseconds of `sync`, which reads, proves and decides everything.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time

from moonpool.pool import Capacity, Controller, Membership, open_pool

CONTROLLERS = (1, 10, 50, 200)


def measure(controllers: int, rounds: int) -> list[float]:
    """Return the seconds that each of ``rounds`` calls of `sync` took."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        pool = open_pool(Capacity(64.0, 64 * 2**30), "bench", environ={"MOONPOOL_POOL_DIR": folder})
        members = [
            stack.enter_context(pool.join(Controller(f"project-{number}", "/checkout", number)))
            for number in range(controllers)
        ]
        for member in members:
            _sync(member)
        return [_sync(members[0]) for _ in range(rounds)]


def _sync(member: Membership) -> float:
    start = time.perf_counter()
    allowance = member.sync(8, weight=0.9, worker_bytes=300 * 2**20)
    seconds = time.perf_counter() - start
    assert allowance.shared, allowance.note
    return seconds


def main() -> None:
    """Print one line for each number of controllers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    print(f"{'controllers':>11}  {'median ms':>9}  {'worst ms':>8}")
    for controllers in CONTROLLERS:
        seconds = measure(controllers, rounds)
        median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
        print(f"{controllers:>11}  {median:>9.2f}  {worst:>8.2f}")


if __name__ == "__main__":
    main()
