"""Ends a PostgreSQL server that outlived its starter, known by the socket that it listens on.

The pid is asked of the kernel, through the socket, not read from a file that may be stale.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["end_server", "listening_pid"]

_DEADLINE_SECONDS = 5.0
_POLL_SECONDS = 0.02
# sys/un.h on macOS; Python has no name for them.
_SOL_LOCAL, _LOCAL_PEERPID = 0, 2


def end_server(folder: Path) -> None:
    """End the server whose socket lies in a folder, at once and without saving anything."""
    for request in (signal.SIGQUIT, signal.SIGKILL):
        pid = listening_pid(folder)
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, request)
        _await_end(folder)


def listening_pid(folder: Path) -> int | None:
    """The process that listens on the folder's PostgreSQL socket, or None when nobody does."""
    for path in folder.glob(".s.PGSQL.*"):
        if path.is_socket():
            return _peer(path)
    return None


def _await_end(folder: Path) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while listening_pid(folder) is not None and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _peer(path: Path) -> int | None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(_DEADLINE_SECONDS)
        try:
            client.connect(str(path))
            if hasattr(socket, "SO_PEERCRED"):
                raw = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
                pid: int = struct.unpack("3i", raw)[0]
            else:
                pid = client.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID)
        except OSError:
            return None
    return pid or None
