"""The one ephemeral server of this user's runs: joined where it runs, started where it does not.

Whoever uses it holds a shared lock in its folder; `keeper` ends it when all of those are gone. The
folder appears under its name whole and locked, by a rename, so two starters never both win.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.account import server_account
from moonpool.databases.binaries import find_binaries
from moonpool.databases.cluster import (
    FOLDER_PREFIX,
    KEPT,
    LOCK_DESCRIPTOR,
    READY,
    USERS,
    cluster_bases,
    is_abandoned,
    make_folder,
    remove_leftovers,
)
from moonpool.databases.residue import listening_pid
from moonpool.databases.server import server_url
from moonpool.databases.spawning import bare_environment, start_failed
from moonpool.databases.urls import DatabaseUrl
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from moonpool.databases.account import Account

__all__ = ["SharedServer", "find_server", "join_server"]

_JOIN_SECONDS = 150.0
_POLL_SECONDS = 0.02
_KEY_LETTERS = 8
# What the keeper needs beyond the server's programs: its own modules and a home for the cache.
_KEEPER_VARIABLES = ("HOME", "XDG_CACHE_HOME", "PGPORT", "TMPDIR", "PYTHONPATH")


@dataclass(frozen=True)
class SharedServer:
    """Our use of the server in ``folder``; it runs at least until we leave."""

    folder: Path
    started: bool
    """Whether it was not there before."""
    account: Account
    _users: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about how it runs."""
        if not self.started:
            return (f"uses the PostgreSQL server in `{self.folder}`",)
        note = f"started a PostgreSQL server in `{self.folder}`"
        if self.account.switched:
            note += f" as user `{self.account.name}`, because PostgreSQL does not run as root"
        return (note,)

    @property
    def is_kept(self) -> bool:
        """Whether the server goes on without users."""
        return (self.folder / KEPT).exists()

    def keep(self, kept: bool) -> None:
        """Let the server go on without users, or end with the last of them."""
        if kept:
            (self.folder / KEPT).touch()
        else:
            (self.folder / KEPT).unlink(missing_ok=True)

    def url(self, default: DatabaseUrl) -> DatabaseUrl:
        """The default URL with its dialect, user, name and options, on this server."""
        return server_url(self.folder, default)

    @property
    def address(self) -> str:
        """The URL of its database `postgres`, for libpq and everything built on it."""
        return self.url(DatabaseUrl("postgresql://", "postgres", "")).text

    def close(self) -> None:
        """Use it no longer."""
        os.close(self._users)


def join_server(
    *, environ: Mapping[str, str] = os.environ, bases: Sequence[Path] | None = None
) -> SharedServer:
    """Use the server of this user's runs, starting it if need be; it answers when this returns.

    Raises MoonpoolError when PostgreSQL is missing or fails.
    """
    if importlib.util.find_spec("fcntl") is None:
        raise start_failed("a server of its own needs Unix sockets, which this system lacks", "")
    account = server_account()
    name = _name(find_binaries(environ=environ), environ)
    deadline = time.monotonic() + _JOIN_SECONDS
    while time.monotonic() < deadline:
        found = _find(name, bases)
        if found is None:
            remove_leftovers(uids={os.getuid(), account.uid}, bases=bases)
            joined = _start(name, account, environ, bases)
        else:
            joined = _join(found, account, deadline)
        if joined is not None:
            return joined
        time.sleep(_POLL_SECONDS)
    raise start_failed(f"the one in use did not answer in {_JOIN_SECONDS:.0f} s", "")


def find_server(
    *, environ: Mapping[str, str] = os.environ, bases: Sequence[Path] | None = None
) -> SharedServer | None:
    """Use the server of this user's runs if there is one."""
    found = _find(_name(find_binaries(environ=environ), environ), bases)
    if found is None:
        return None
    return _join(found, server_account(), time.monotonic() + _JOIN_SECONDS)


def _name(binaries: Path, environ: Mapping[str, str]) -> str:
    facts = f"{os.getuid()}\0{binaries.resolve()}\0{environ.get('PGPORT') or ''}"
    return FOLDER_PREFIX + hashlib.sha256(facts.encode()).hexdigest()[:_KEY_LETTERS]


def _find(name: str, bases: Sequence[Path] | None) -> Path | None:
    paths = (base / name for base in (cluster_bases() if bases is None else bases))
    return next((path for path in paths if path.is_dir() and not is_abandoned(path)), None)


def _join(folder: Path, account: Account, deadline: float) -> SharedServer | None:
    users = _use(folder)
    if users is None:
        return None
    while time.monotonic() < deadline and not is_abandoned(folder):
        if (folder / READY).exists() and listening_pid(folder) is not None:
            # It may have ended, and another begun, between our looking and our locking.
            if _is_same(users, folder / USERS):
                return SharedServer(folder, started=False, account=account, _users=users)
            break
        time.sleep(_POLL_SECONDS)
    os.close(users)
    return None


def _use(folder: Path) -> int | None:
    import fcntl

    try:
        users = os.open(folder / USERS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(users, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(users)
        return None
    return users


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _start(
    name: str, account: Account, environ: Mapping[str, str], bases: Sequence[Path] | None
) -> SharedServer | None:
    made = make_folder(account, bases=bases)
    users = _use(made.path)
    folder = made.path.parent / name
    try:
        made.path.rename(folder)
    except OSError:
        # Somebody else was faster.
        made.remove()
        if users is not None:
            os.close(users)
        return None
    said = _run_keeper(folder, made.lock, environ)
    os.close(made.lock)
    assert users is not None
    if said or not (folder / READY).exists():
        os.close(users)
        raise _failure(said)
    return SharedServer(folder, started=True, account=account, _users=users)


def _run_keeper(folder: Path, lock: int, environ: Mapping[str, str]) -> bytes:
    """Start the keeper, on its own, and wait for what it says: nothing when the server answers."""
    import fcntl

    reading, writing = os.pipe()
    # Away from 3, which it becomes in the child.
    held = fcntl.fcntl(lock, fcntl.F_DUPFD_CLOEXEC, LOCK_DESCRIPTOR + 1)
    kept = {key: environ[key] for key in _KEEPER_VARIABLES if environ.get(key)}
    os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "moonpool.databases.keeper", str(folder)],
        {**bare_environment(environ), **kept},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, writing, 1),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, held, LOCK_DESCRIPTOR),
        ],
    )
    os.close(writing)
    os.close(held)
    with os.fdopen(reading, "rb") as pipe:
        return pipe.read()


def _failure(said: bytes) -> MoonpoolError:
    with contextlib.suppress(ValueError, TypeError):
        return MoonpoolError(**json.loads(said), exit_code=ExitCode.DATABASE)
    return start_failed("its keeper ended without a word", "")
