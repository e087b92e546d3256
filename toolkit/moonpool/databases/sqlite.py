"""A file of its own for each process of a SQLite URL; databases in memory are private already.

The clean state is a copy in memory, written back page by page through SQLite itself: connections
that are open meanwhile see the change, where replacing the file would leave them with the old one.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["SqliteCleaner", "is_own_file", "worker_file_url"]

_LOCKED_SECONDS = 2.0


def worker_file_url(url: DatabaseUrl, worker: str | None) -> str:
    """The URL with ``app.db`` turned into ``app_gw0.db``; unchanged for memory and serial runs."""
    if worker is None or _in_memory(url):
        return url.text
    folder, slash, file = url.raw_name.rpartition("/")
    path = PurePosixPath(file)
    return f"{url.before}{folder}{slash}{path.stem}_{worker}{path.suffix}{url.after}"


def is_own_file(url: DatabaseUrl, base: str) -> bool:
    """Whether a URL names a file that was derived for this process from the user's ``base``."""
    return url.raw_name != base and not _in_memory(url)


class SqliteCleaner:
    """The clean state of one file: rows, sequences and schema alike, whatever the strategy."""

    def __init__(self, url: DatabaseUrl) -> None:
        self._url = url
        self._file = Path(unquote(url.raw_name))
        self._kept: sqlite3.Connection | None = None
        self._version = 0
        self._watch: sqlite3.Connection | None = None

    def begin(self, strategy: str, *, stale: bool) -> None:
        """Copy the file as it is now."""
        if strategy in ("dirty", "clone") and (stale or self._kept is None):
            self.close()
            self._watch = sqlite3.connect(
                self._file, timeout=0, isolation_level=None, check_same_thread=False
            )
            # Nothing in it has to survive the machine.
            self._watch.execute("PRAGMA synchronous = OFF")
            self._kept = sqlite3.connect(":memory:", check_same_thread=False)
            self._watch.backup(self._kept)
            self._version = self._data_version()

    def clean(self, strategy: str) -> tuple[str, ...]:
        """Write the copy back if anybody wrote to the file.

        Raises MoonpoolError when a connection of the test still holds a transaction.
        """
        assert self._kept is not None
        assert self._watch is not None
        if self._data_version() != self._version:
            deadline = time.monotonic() + _LOCKED_SECONDS
            self._kept.backup(self._watch, progress=lambda *_: self._give_up_after(deadline))
            self._version = self._data_version()
        return ()

    def _give_up_after(self, deadline: float) -> None:
        # `backup` itself would wait for a lock for ever, and calls this at every attempt.
        if time.monotonic() > deadline:
            raise MoonpoolError(
                f"cannot clean `{self._file}`: it was locked for {_LOCKED_SECONDS:.0f} s",
                hint="close the connection, or end the transaction, that the test left open",
                slug="database-busy",
                exit_code=ExitCode.DATABASE,
            )

    def close(self) -> None:
        """Let go of the file."""
        for connection in (self._watch, self._kept):
            if connection is not None:
                with closing(connection):
                    pass
        self._watch = self._kept = None

    def _data_version(self) -> int:
        """Changes when another connection commits (SQLite manual, `PRAGMA data_version`)."""
        assert self._watch is not None
        (version,) = self._watch.execute("PRAGMA data_version").fetchone()
        return int(version)


def _in_memory(url: DatabaseUrl) -> bool:
    return url.raw_name in ("", ":memory:", "file::memory:") or "mode=memory" in url.after
