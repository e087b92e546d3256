"""PostgreSQL's server programs, found as the toolkit finds them, and a server of a test's own."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.account import server_account
from moonpool.databases.binaries import find_binaries
from moonpool.databases.cluster import make_folder
from moonpool.databases.initialise import initialise
from moonpool.databases.spawning import spawn
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["OWN_PORT", "needs_postgres", "running_postgres"]

# For runs that expect plain names: a server that no other process of a test suite uses, since runs
# share one by the port in its socket's name.
OWN_PORT = str(20000 + os.getpid() % 40000)


def _has_postgres() -> bool:
    try:
        find_binaries()
    except MoonpoolError:
        return False
    return True


needs_postgres = pytest.mark.skipif(
    not _has_postgres(), reason="no PostgreSQL programs are installed"
)


_READY_SECONDS = 30.0


@contextmanager
def running_postgres(
    base: Path, *settings: str, prepare: Callable[[Path], object] = Path.exists
) -> Iterator[Path]:
    """The folder of the socket of a server with PostgreSQL's own settings but these.

    ``prepare`` is given the data directory before the start. Server and folder end together.
    """
    account, binaries = server_account(), find_binaries()
    folder = make_folder(account, bases=[base])
    try:
        initialise(folder, account, binaries, "postgres", os.environ)
        prepare(folder.data)
        command = [str(binaries / "postgres"), "-D", str(folder.data), "-c", "listen_addresses="]
        for setting in (f'unix_socket_directories="{folder.path}"', *settings):
            command += ["-c", setting]
        server = spawn(command, folder, account, os.environ, signal.SIGQUIT)
        try:
            _await_connections(folder.data / "postmaster.pid", folder.log)
            yield folder.path
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()
    finally:
        folder.remove()


def _await_connections(pid_file: Path, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not (pid_file.exists() and pid_file.read_text().split()[-1:] in (["ready"], ["standby"])):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)
