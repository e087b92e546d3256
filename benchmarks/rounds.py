"""Alternating rounds of whole commands: A B A B …, with wall time, CPU time, processes and memory.

PSS (proportional set size: shared pages divided among those who share them) is sampled from
`/proc/PID/smaps_rollup` of the command's whole process tree every 0.5 s; it is Linux only.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["Cost", "alternate", "median_ms", "medians", "plain_environment", "table"]

_SAMPLE_SECONDS = 0.5
_OF_A_RUN_AROUND = ("MOON", "PYTEST", "COVERAGE")


@dataclass(frozen=True)
class Cost:
    """What one run of a command cost; ``pss_bytes`` is 0 where it was not sampled."""

    wall_seconds: float
    cpu_seconds: float
    processes: int = 0
    pss_bytes: int = 0
    exit_code: int = 0


def plain_environment(**others: str) -> dict[str, str]:
    """Return this process's environment without what a surrounding run put into it."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith(_OF_A_RUN_AROUND)}
    return kept | others


def alternate(
    rivals: Mapping[str, Callable[[], Sequence[str]]],
    rounds: int,
    *,
    cwd: Path,
    environ: Mapping[str, str] = os.environ,
    sample: bool = False,
) -> dict[str, list[Cost]]:
    """Run each rival's command once per round, in turn; the callable prepares the round."""
    costs: dict[str, list[Cost]] = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, prepare in rivals.items():
            costs[name].append(_run(prepare(), cwd, environ, sample))
    return costs


def _run(command: Sequence[str], cwd: Path, environ: Mapping[str, str], sample: bool) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with (
        subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as child,
        _sampled(child.pid) if sample else contextlib.nullcontext([]) as samples,
    ):
        code = child.wait()
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    processes = max((count for count, _ in samples), default=0)
    return Cost(wall, cpu, processes, max((pss for _, pss in samples), default=0), code)


@contextlib.contextmanager
def _sampled(root: int) -> Iterator[list[tuple[int, int]]]:
    samples: list[tuple[int, int]] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_SAMPLE_SECONDS):
            tree = list(_tree(root))
            samples.append((len(tree), sum(map(_pss_bytes, tree))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield samples
    finally:
        done.set()
        watcher.join()


def _tree(root: int) -> Iterator[int]:
    yield root
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))


def _pss_bytes(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def medians(costs: Sequence[Cost]) -> Cost:
    """Return the median of each column; the exit code is the worst."""
    return Cost(
        median(cost.wall_seconds for cost in costs),
        median(cost.cpu_seconds for cost in costs),
        int(median(cost.processes for cost in costs)),
        int(median(cost.pss_bytes for cost in costs)),
        max(cost.exit_code for cost in costs),
    )


def median_ms(
    act: Callable[[], object], times: int, before: Callable[[], object] = lambda: None
) -> float:
    """Return the median of how long one act takes, after what has to come before each time."""
    milliseconds = []
    for _ in range(times):
        before()
        begun = time.perf_counter()
        act()
        milliseconds.append((time.perf_counter() - begun) * 1000)
    return median(milliseconds)


def table(costs: Mapping[str, Sequence[Cost]], against: str) -> str:
    """Return a Markdown table of medians, each with its ratio to the rival ``against``."""
    base = medians(costs[against])
    lines = [
        f"| | wall s | ÷ {against} | CPU s | ÷ {against} | processes | PSS MiB | exit |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, rounds in costs.items():
        cost = medians(rounds)
        lines.append(
            f"| {name} | {cost.wall_seconds:.2f} | {cost.wall_seconds / base.wall_seconds:.3f} "
            f"| {cost.cpu_seconds:.2f} | {cost.cpu_seconds / base.cpu_seconds:.3f} "
            f"| {cost.processes or '-'} | {cost.pss_bytes / 2**20:.0f} | {cost.exit_code} |"
        )
    return "\n".join(lines)
