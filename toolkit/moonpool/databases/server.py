"""An ephemeral PostgreSQL server: private, fast because nothing in it has to last, gone after us.

It listens on a Unix socket in its own folder only, so the folder's permissions are its lock; hence
everybody who can reach it is let in (`trust`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from moonpool.databases.account import Account, server_account
from moonpool.databases.binaries import find_binaries
from moonpool.databases.cluster import ClusterFolder, make_folder, remove_leftovers
from moonpool.databases.initialise import initialise
from moonpool.databases.segment import forget_segment
from moonpool.databases.spawning import log_end, spawn, start_failed
from moonpool.databases.urls import DatabaseUrl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["SUPERUSER", "Server", "server_url", "start_in", "start_server"]

SUPERUSER = "postgres"
_READY_SECONDS = 30.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.01
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Nobody replicates a test server, and the log is shorter so.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Three projects of 12 workers with two pools of five connections each, and room for ours.
    "max_connections": "400",
}


@dataclass(frozen=True)
class Server:
    """A running server of this process."""

    folder: ClusterFolder
    account: Account
    user: str
    process: subprocess.Popen[bytes]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about how it runs."""
        note = f"started a PostgreSQL server in `{self.folder.path}`"
        if self.account.switched:
            note += f" as user `{self.account.name}`, because PostgreSQL does not run as root"
        return (note,)

    def url(self, default: DatabaseUrl) -> DatabaseUrl:
        """The default URL with its dialect, name and options, on this server."""
        return server_url(self.folder.path, default)

    def stop(self) -> None:
        """End the server at once, whatever is still connected, and remove its folder."""
        # An immediate stop: the data is thrown away, so there is nothing to write out.
        for request in (signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(request)
            try:
                self.process.wait(_STOP_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        forget_segment(self.folder.data)
        self.folder.remove()


def server_url(folder: Path, default: DatabaseUrl) -> DatabaseUrl:
    """The default URL with its dialect, user, name and options, on the server in a folder."""
    user, _, _ = default.authority.rpartition("@")[0].partition(":")
    before = f"{default.scheme}://{user or SUPERUSER}@/"
    return DatabaseUrl(before, default.raw_name, _with_host(default.after, quote(str(folder))))


def _with_host(after: str, host: str) -> str:
    """A query that names our socket's folder in place of any other host."""
    query, hash_mark, fragment = after.removeprefix("?").partition("#")
    kept = [pair for pair in query.split("&") if pair and not pair.startswith(("host=", "port="))]
    return "?" + "&".join([*kept, f"host={host}"]) + hash_mark + fragment


def start_server(
    default: DatabaseUrl,
    *,
    environ: Mapping[str, str] = os.environ,
    bases: Sequence[Path] | None = None,
) -> Server:
    """Start a server for the user that a default URL names, and wait until it answers.

    Removes what killed runs left first. Raises MoonpoolError when PostgreSQL is missing or fails.
    """
    binaries = find_binaries(environ=environ)
    account = server_account()
    remove_leftovers(uids={os.getuid(), account.uid}, bases=bases)
    folder = make_folder(account, bases=bases)
    user = default.user or SUPERUSER
    return start_in(folder, account, binaries, user=user, environ=environ)


def start_in(
    folder: ClusterFolder,
    account: Account,
    binaries: Path,
    *,
    user: str = SUPERUSER,
    environ: Mapping[str, str] = os.environ,
) -> Server:
    """Start a server in a folder of ours; the folder is removed when that fails.

    Raises MoonpoolError with the end of the server's log.
    """
    process = None
    try:
        initialise(folder, account, binaries, user, environ)
        process = _start(folder, account, binaries, environ)
        _await_ready(folder, process)
    except BaseException:
        if process is not None:
            process.kill()
            process.wait()
        folder.remove()
        raise
    return Server(folder, account, user, process)


def _start(
    folder: ClusterFolder, account: Account, binaries: Path, environ: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    settings = {**_SETTINGS, "unix_socket_directories": f'"{folder.path}"'}
    # Files in the data folder vanish with it; POSIX segments of a killed server would stay.
    settings["dynamic_shared_memory_type"] = "mmap"
    # libpq takes the port from PGPORT when the URL has none, and it names the socket.
    port = environ.get("PGPORT") or "5432"
    command = [str(binaries / "postgres"), "-D", str(folder.data), "-p", port]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return spawn(command, folder, account, environ, signal.SIGQUIT)


def _await_ready(folder: ClusterFolder, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not _is_ready(folder):
        if process.poll() is not None:
            raise start_failed(f"`postgres` ended with code {process.returncode}", log_end(folder))
        if time.monotonic() > deadline:
            raise start_failed(
                f"`postgres` was not ready in {_READY_SECONDS:.0f} s", log_end(folder)
            )
        time.sleep(_POLL_SECONDS)


def _is_ready(folder: ClusterFolder) -> bool:
    """Whether the server says so in the last line of its pid file, as `pg_ctl` asks it."""
    try:
        lines = (folder.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return bool(lines) and lines[-1].strip() == "ready"
