"""What a scheduler costs pytest-xdist's controller, CPU microseconds per test, without any worker.

    python benchmarks/scheduler_overhead.py --tests 20000 --files 200 --workers 8

Workers are queues in this process that finish their tests in turn, so that nothing but the
scheduler is measured; `asking` workers are those with our loop.
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from moonpool.plugin.arrangement import Arrangement
from moonpool.plugin.scheduler import FileScheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_END = -1


class _Node:
    """As much of a `WorkerController` as schedulers use."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.queue: deque[int] = deque()
        self.shutting_down = False

    def send_runtest_some(self, indices: Sequence[int]) -> None:
        self.queue.extend(indices)

    def shutdown(self) -> None:
        self.shutting_down = True
        self.queue.append(_END)


def main() -> None:
    """Measure each scheduler and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--tests", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--workers", type=int, default=8)
    options = parser.parse_args()
    each = options.tests // options.files
    ids = [f"tests/test_{n // each:04}.py::test_{n % each}" for n in range(each * options.files)]
    config, log = _config(options.workers), Producer("silent", enabled=False)
    schedulers: dict[str, tuple[Callable[[], Any], bool]] = {
        "xdist's loadfile": (lambda: LoadFileScheduling(config, log), False),
        "moonpool, xdist's loop": (lambda: FileScheduler(config, Arrangement({}, 0.01)), False),
        "moonpool, asking": (lambda: FileScheduler(config, Arrangement({}, 0.01)), True),
    }
    print("| scheduler | microseconds per test |\n|---|---|")
    for name, (make, asks) in schedulers.items():
        print(f"| {name} | {_measure(make(), ids, options.workers, asks):.1f} |")


def _config(workers: int) -> Any:
    return SimpleNamespace(
        option=SimpleNamespace(loadscopereorder=True),
        getvalue=lambda _name: [f"{workers}*popen"],
        getoption=lambda name, default=None: [f"{workers}*popen"] if name == "tx" else default,
    )


def _measure(scheduler: Any, ids: list[str], workers: int, asks: bool) -> float:
    nodes = [_Node(f"gw{number}") for number in range(workers)]
    started = time.process_time()
    for node in nodes:
        scheduler.add_node(node)
        if asks:
            scheduler.remove_pending_tests_from_node(node, [])
        scheduler.add_node_collection(node, list(ids))
    scheduler.schedule()
    finished = sum(_work(scheduler, nodes, asks))
    assert finished == len(ids), f"{finished} of {len(ids)} tests were handed out"
    return (time.process_time() - started) / len(ids) * 1e6


def _work(scheduler: Any, nodes: list[_Node], asks: bool) -> list[int]:
    finished = [0]
    while any(node.queue and node.queue[0] != _END for node in nodes):
        for node in nodes:
            if not node.queue or node.queue[0] == _END:
                continue
            if asks and len(node.queue) == 1:
                scheduler.remove_pending_tests_from_node(node, [])
            scheduler.mark_test_complete(node, node.queue.popleft(), 0.001)
            assert scheduler.tests_finished in (True, False)
            finished.append(1)
    return finished


if __name__ == "__main__":
    main()
