"""Tells SQLAlchemy's pools that the database behind their connections was replaced.

A pool would hand out each dead connection once more and fail. Raising `DisconnectionError` at
check-out is SQLAlchemy's documented way to make it open a new one instead ("Disconnect Handling").
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["forget_connections"]

_STAMP = "moonpool_generation"


class _Generation:
    """Counts replacements; a connection is stale when it was opened before the last one."""

    number = 0
    listening = False


def forget_connections() -> None:
    """Let every pool of this process open new connections from now on."""
    if "sqlalchemy" not in sys.modules:
        return
    _Generation.number += 1
    if not _Generation.listening:
        from sqlalchemy import event
        from sqlalchemy.pool import Pool

        event.listen(Pool, "connect", _stamp)
        event.listen(Pool, "checkout", _check)
        _Generation.listening = True


def _stamp(_connection: Any, record: Any) -> None:
    record.info[_STAMP] = _Generation.number


def _check(_connection: Any, record: Any, _proxy: Any) -> None:
    # One without a stamp is older than our listening.
    if record.info.get(_STAMP) != _Generation.number:
        from sqlalchemy.exc import DisconnectionError

        raise DisconnectionError("moonpool put a fresh clone in the place of the database")
