"""What is known of a project: its test files in their last runs, and what starting has cost."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FileHistory", "FileRun", "History", "RunRecord", "StartRun", "day_of"]

_SECONDS_PER_DAY = 86_400


def day_of(time: float) -> int:
    """Return the day, since the epoch, of a time in seconds since the epoch."""
    return int(time // _SECONDS_PER_DAY)


class FileRun(NamedTuple):
    """One test file in one run.

    ``seconds`` are those on the clock less those in which it waited for a CPU; ``content`` is a
    digest of the file; ``cpus`` the CPU seconds, those of child processes included, per second;
    ``peak_bytes`` 0 where unknown.
    """

    seconds: float
    tests: int
    content: str = ""
    cpus: float = 1.0
    peak_bytes: int = 0


class FileHistory(NamedTuple):
    """The last runs of a file by class of machine, newest last; ``day`` when it last ran."""

    runs: Mapping[str, tuple[FileRun, ...]]
    day: int = 0


class StartRun(NamedTuple):
    """What one run spent beside its tests: before the first began and after the last ended.

    ``workers`` is 0 for a run in pytest's own process; ``worker_cpu_seconds`` what a process that
    runs tests had spent on a CPU before its first one; ``least_bytes`` what each worker is to be
    planned with where the kernel killed one for want of memory, else 0.
    """

    workers: int
    seconds: float
    worker_cpu_seconds: float
    cpus: float
    least_bytes: int = 0


class History(NamedTuple):
    """What is known of a project.

    ``files`` is keyed by test file, relative to the project with forward slashes; ``starts`` by
    class of machine. ``note`` says what a person should know about the history's own file.
    """

    files: Mapping[str, FileHistory] = MappingProxyType({})
    starts: Mapping[str, tuple[StartRun, ...]] = MappingProxyType({})
    note: str | None = None


class RunRecord(NamedTuple):
    """One finished run: the files that ran to their end in it, on which class of machine."""

    machine: str
    files: Mapping[str, FileRun]
    start: StartRun | None = None
    day: int = 0
