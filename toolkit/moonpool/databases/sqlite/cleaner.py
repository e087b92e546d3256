"""The clean state of a SQLite file: rows, sequences and schema alike, whatever the strategy.

It is a copy in memory, written back page by page through SQLite itself: connections that are open
meanwhile see the change, where replacing the file would leave them with the old one.
"""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from moonpool.databases.sqlite.backup import back_up
from moonpool.databases.sqlite.path import file_of, whole
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["SqliteCleaner"]

_LOCKED_SECONDS = 2.0
_UNKNOWN = -1


class SqliteCleaner:
    """Keeps the clean state of one file."""

    def __init__(self, url: DatabaseUrl) -> None:
        # A test may have gone to another folder by the time it is opened.
        self._file = file_of(whole(url))
        self._kept: sqlite3.Connection | None = None
        self._version = _UNKNOWN
        self._watch: sqlite3.Connection | None = None
        self._watched: os.stat_result | None = None

    def begin(self, strategy: str, *, stale: bool) -> None:
        """Copy the file as it is now; raises MoonpoolError when it cannot be read."""
        if strategy in ("dirty", "clone") and (stale or self._kept is None):
            self.close()
            self._kept = sqlite3.connect(":memory:", check_same_thread=False)
            self._copy(self._opened(), self._kept)
            self._version = self._data_version()

    def clean(self, strategy: str) -> tuple[str, ...]:
        """Write the copy back if anybody wrote to the file, or put another in its place.

        Raises MoonpoolError when a connection of the test still holds a transaction.
        """
        assert self._kept is not None
        if not self._is_in_place() or self._data_version() != self._version:
            self._copy(self._kept, self._opened())
            self._version = self._data_version()
        return ()

    def close(self) -> None:
        """Let go of the file."""
        for connection in (self._watch, self._kept):
            if connection is not None:
                connection.close()
        self._watch = self._kept = self._watched = None

    def _opened(self) -> sqlite3.Connection:
        if self._watch is None or not self._is_in_place():
            if self._watch is not None:
                self._watch.close()
            try:
                self._watch = sqlite3.connect(
                    self._file, timeout=0, isolation_level=None, check_same_thread=False
                )
                # Nothing in it has to survive the machine.
                self._watch.execute("PRAGMA synchronous = OFF")
                self._watched = self._file.stat()
            except (OSError, sqlite3.Error) as error:
                raise self._failed(str(error)) from None
        return self._watch

    def _is_in_place(self) -> bool:
        """Whether the file is still the one that we have open."""
        try:
            return self._watched is not None and os.path.samestat(self._watched, self._file.stat())
        except OSError:
            return False

    def _copy(self, source: sqlite3.Connection, target: sqlite3.Connection) -> None:
        try:
            back_up(source, target, seconds=_LOCKED_SECONDS)
        except TimeoutError:
            raise MoonpoolError(
                f"cannot clean `{self._file}`: it was locked for {_LOCKED_SECONDS:.0f} s",
                hint="close the connection, or end the transaction, that the test left open",
                slug="database-busy",
                exit_code=ExitCode.DATABASE,
            ) from None
        except sqlite3.Error as error:
            raise self._failed(str(error)) from None

    def _failed(self, reason: str) -> MoonpoolError:
        return MoonpoolError(
            f"cannot clean `{self._file}`: {reason}",
            hint="see that the file's folder has room and that tests leave a database there",
            slug="database-file",
            exit_code=ExitCode.DATABASE,
        )

    def _data_version(self) -> int:
        """Changes when another connection commits (SQLite manual, `PRAGMA data_version`)."""
        assert self._watch is not None
        try:
            (version,) = self._watch.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            # Somebody holds the whole file, or wrote something else into it.
            return _UNKNOWN
        return int(version)
