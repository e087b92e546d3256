"""What is known of a project, file by file, for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from moonpool.history.middle import median

if TYPE_CHECKING:
    from moonpool.history.record import FileHistory, History

__all__ = ["FileSummary", "summarise"]


class FileSummary(NamedTuple):
    """The medians of a file's last runs on a class of machine; ``runs`` is their number."""

    file: str
    seconds: float
    tests: int
    runs: int
    cpus: float
    peak_bytes: int
    machine: str


def summarise(history: History, machine: str) -> tuple[FileSummary, ...]:
    """Return all known files, longest first; one that never ran on ``machine`` from another."""
    found = (_summary(name, file, machine) for name, file in history.files.items() if file.runs)
    return tuple(sorted(found, key=lambda summary: (-summary.seconds, summary.file)))


def _summary(name: str, file: FileHistory, machine: str) -> FileSummary:
    known = machine if machine in file.runs else list(file.runs)[-1]
    runs = file.runs[known]
    return FileSummary(
        name,
        seconds=median(run.seconds for run in runs),
        tests=runs[-1].tests,
        runs=len(runs),
        cpus=median(run.cpus for run in runs),
        peak_bytes=int(median(run.peak_bytes for run in runs)),
        machine=known,
    )
