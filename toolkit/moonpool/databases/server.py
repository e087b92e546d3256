"""An ephemeral PostgreSQL server: private, fast because nothing in it has to last, gone after us.

It listens on a Unix socket in its own folder only, so the folder's permissions are its lock; hence
everybody who can reach it is let in (`trust`).
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from moonpool.databases import leash
from moonpool.databases.account import Account, server_account
from moonpool.databases.binaries import find_binaries
from moonpool.databases.cluster import ClusterFolder, make_folder, remove_leftovers
from moonpool.databases.urls import DatabaseUrl
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Server", "start_server"]

_SUPERUSER = "postgres"
_INITDB_SECONDS = 120.0
_READY_SECONDS = 30.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.01
_LOG_LINES = 5
# libc has C.UTF-8 on Debian, Red Hat and Alpine; elsewhere plain C sorts the same way.
_LOCALES = ("C.UTF-8", "C")
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Nobody replicates a test server, and the log is shorter so.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # 16 workers with two pools of five connections each, and room for ours.
    "max_connections": "200",
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
        user, _, _ = default.authority.rpartition("@")[0].partition(":")
        before = f"{default.scheme}://{user or _SUPERUSER}@/"
        host = quote(str(self.folder.path), safe="/")
        return DatabaseUrl(before, default.raw_name, _with_host(default.after, host))

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
        self.folder.remove()


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
    if importlib.util.find_spec("fcntl") is None:
        raise _failed("a server of its own needs Unix sockets, which this system lacks", "")
    binaries = find_binaries(environ=environ)
    account = server_account()
    remove_leftovers(uids={os.getuid(), account.uid}, bases=bases)
    folder = make_folder(account, bases=bases)
    user = unquote(default.authority.rpartition("@")[0].partition(":")[0]) or _SUPERUSER
    process = None
    try:
        _initialise(folder, account, binaries, user, environ)
        process = _start(folder, account, binaries, environ)
        _await_ready(folder, process)
    except BaseException:
        if process is not None:
            process.kill()
            process.wait()
        folder.remove()
        raise
    return Server(folder, account, user, process)


def _initialise(
    folder: ClusterFolder, account: Account, binaries: Path, user: str, environ: Mapping[str, str]
) -> None:
    for locale in _LOCALES:
        command = [str(binaries / "initdb"), "-D", str(folder.data), "-U", user, "-A", "trust"]
        command += ["--encoding=UTF8", f"--locale={locale}", "--lc-messages=C", "--no-sync"]
        folder.log.unlink(missing_ok=True)
        code = _finish(_spawn(command, folder, account, environ, signal.SIGTERM), folder)
        if code == 0:
            return
    raise _failed(f"`initdb` ended with code {code}", _log_end(folder))


def _finish(process: subprocess.Popen[bytes], folder: ClusterFolder) -> int:
    try:
        return process.wait(_INITDB_SECONDS)
    except subprocess.TimeoutExpired:
        raise _failed(
            f"`initdb` took longer than {_INITDB_SECONDS:.0f} s", _log_end(folder)
        ) from None
    finally:
        process.kill()
        process.wait()


def _start(
    folder: ClusterFolder, account: Account, binaries: Path, environ: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    settings = {**_SETTINGS, "unix_socket_directories": f'"{folder.path}"'}
    if folder.in_memory:
        # Files in the data folder vanish with it; POSIX segments of a killed server would stay.
        settings["dynamic_shared_memory_type"] = "mmap"
    # libpq takes the port from PGPORT when the URL has none, and it names the socket.
    port = environ.get("PGPORT") or "5432"
    command = [str(binaries / "postgres"), "-D", str(folder.data), "-p", port]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return _spawn(command, folder, account, environ, signal.SIGQUIT)


def _spawn(
    command: list[str],
    folder: ClusterFolder,
    account: Account,
    environ: Mapping[str, str],
    end_signal: signal.Signals,
) -> subprocess.Popen[bytes]:
    # The kernel signals the child when the thread that forked it ends; only the main thread's end
    # means ours.
    tied = threading.current_thread() is threading.main_thread()
    user = [str(account.uid), str(account.gid)] if account.switched else ["-", "-"]
    arguments = [str(os.getpid()), *user, str(int(end_signal) if tied else 0)]
    with folder.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(leash.__file__), *arguments, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder.path,
            env=_child_environment(environ),
            # Ctrl-C in a terminal is for the tests, which still need the server to tidy up.
            start_new_session=True,
        )


def _child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What programs need to load; no locale, no `PG…` of the user's, and none of the secrets."""
    kept = {name: environ[name] for name in _KEPT_VARIABLES if name in environ}
    # Without a zone initdb would compare hundreds of them with the system's.
    return {"PATH": os.defpath, **kept, "TZ": "UTC"}


def _await_ready(folder: ClusterFolder, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not _is_ready(folder):
        if process.poll() is not None:
            raise _failed(f"`postgres` ended with code {process.returncode}", _log_end(folder))
        if time.monotonic() > deadline:
            raise _failed(f"`postgres` was not ready in {_READY_SECONDS:.0f} s", _log_end(folder))
        time.sleep(_POLL_SECONDS)


def _is_ready(folder: ClusterFolder) -> bool:
    """Whether the server says so in the last line of its pid file, as `pg_ctl` asks it."""
    try:
        lines = (folder.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return bool(lines) and lines[-1].strip() == "ready"


def _log_end(folder: ClusterFolder) -> str:
    try:
        lines = folder.log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "; ".join(line.strip() for line in lines[-_LOG_LINES:] if line.strip())


def _failed(found: str, log: str) -> MoonpoolError:
    return MoonpoolError(
        f"cannot start a PostgreSQL server: {found}" + (f": {log}" if log else ""),
        hint="mend what it says, or set the database URL to a server",
        slug="postgres-start",
        exit_code=ExitCode.DATABASE,
    )
