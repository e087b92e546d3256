"""Keeps one shared server running while anybody uses it, and ends it with the last user.

Run as `python -m moonpool.databases.keeper FOLDER`, with the lock of the folder as descriptor 3.
Users hold a shared lock on a file in the folder; when this process gets it alone nobody is left,
however they ended. Should this process be killed, the kernel ends the server, and the next start
removes the folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.databases.account import server_account
from moonpool.databases.binaries import find_binaries
from moonpool.databases.cluster import (
    KEPT,
    LOCK_DESCRIPTOR,
    READY,
    USERS,
    ClusterFolder,
)
from moonpool.databases.server import start_in
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from moonpool.databases.server import Server

__all__ = ["main"]

# Only a server that somebody wants kept without using it is looked at again and again.
_KEPT_POLL_SECONDS = 1.0


class _ServerEndedError(Exception):
    pass


def main(folder: str) -> None:
    """Start the server, say so by closing standard output, and stay until nobody needs it."""
    os.setsid()
    path = Path(folder)
    place = ClusterFolder(path, LOCK_DESCRIPTOR)
    try:
        server = start_in(place, server_account(), find_binaries())
    except MoonpoolError as error:
        _print_failure(error)
        sys.exit(1)
    (path / READY).touch()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    try:
        _await_last_user(server, path)
    except _ServerEndedError:
        pass
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server.stop()


def _print_failure(error: MoonpoolError) -> None:
    """Hand the error to whoever started us."""
    words = {"message": error.message, "hint": error.hint, "slug": error.slug}
    os.write(sys.stdout.fileno(), json.dumps(words).encode())


def _await_last_user(server: Server, folder: Path) -> None:
    def ended(_signal: int, _frame: object) -> None:
        raise _ServerEndedError

    signal.signal(signal.SIGCHLD, ended)
    if server.process.poll() is not None:
        return
    users = os.open(folder / USERS, os.O_RDWR | os.O_CLOEXEC)
    while True:
        fcntl.flock(users, fcntl.LOCK_EX)
        if not (folder / KEPT).exists():
            return
        fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(_KEPT_POLL_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1])
