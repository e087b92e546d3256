"""What a server's durability costs a test: seconds per commit, as it is and without waiting."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moonpool.databases.connection import Connection

__all__ = ["Durability", "measure_durability"]

_COMMITS = 15
_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")
# Writes to the log, and so waits for the disk as any commit does, without touching a table.
_WRITE = "SELECT pg_logical_emit_message(true, 'moonpool', 'how long does a commit take')"


@dataclass(frozen=True)
class Durability:
    """A server's settings, and the median seconds of a commit with and without them.

    The seconds are None where they cannot be measured without writing into a database.
    """

    settings: dict[str, str]
    commit_seconds: float | None
    careless_seconds: float | None

    @property
    def sentence(self) -> str:
        """For people: what it costs, and what would save it."""
        named = ", ".join(f"{name} {value}" for name, value in self.settings.items())
        if self.commit_seconds is None or self.careless_seconds is None:
            return named
        cost = f"a commit takes {self.commit_seconds * 1000:.1f} ms"
        saved = self.commit_seconds - self.careless_seconds
        if saved < self.careless_seconds:
            return f"{cost} ({named})"
        off = " ".join(f"-c {name}=off" for name in self.settings)
        spared = f"{saved * 1000:.1f} ms of it for durability that tests do not need"
        return f"{cost}, {spared} ({named}): start the server with `{off}`"


def measure_durability(connection: Connection) -> Durability:
    """Commit a few times, where the server takes writes; the setting is put back."""
    settings = {name: _show(connection, name) for name in _SETTINGS}
    if _show(connection, "transaction_read_only") == "on":
        return Durability(settings, None, None)
    as_it_is = _median_seconds(connection)
    connection.execute("SET synchronous_commit = off")
    careless = _median_seconds(connection)
    connection.execute("RESET synchronous_commit")
    return Durability(settings, as_it_is, careless)


def _show(connection: Connection, name: str) -> str:
    row = connection.execute(f"SHOW {name}").fetchone()
    return str(row[0]) if row else ""


def _median_seconds(connection: Connection) -> float:
    seconds = []
    for _ in range(_COMMITS):
        begun = time.perf_counter()
        connection.execute(_WRITE)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)
