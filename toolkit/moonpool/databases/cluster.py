"""The private folder of an ephemeral server, and the lock that says whether its starter lives.

The starter holds a lock on a file in the folder; the kernel drops it however the starter ends. A
folder whose lock is free is nobody's: whoever finds it ends its server and removes it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.databases.residue import end_server
from moonpool.databases.segment import forget_segment
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moonpool.databases.account import Account

__all__ = [
    "FOLDER_PREFIX",
    "KEPT",
    "LOCK_DESCRIPTOR",
    "READY",
    "USERS",
    "ClusterFolder",
    "cluster_bases",
    "is_abandoned",
    "list_leftovers",
    "make_folder",
    "remove_leftovers",
]

FOLDER_PREFIX = "moonpool-pg-"
# In the folder of a shared server: what its users lock, that it answers, that it needs no users.
USERS, READY, KEPT = "users.lock", "ready", "kept"
# As which its keeper finds the lock of the folder.
LOCK_DESCRIPTOR = 3
_LOCK_FILE = "owner.lock"
# initdb writes 40 MB and each database 8 MB; tests add to that, and write-ahead log is kept up to
# 1 GB under load. Containers give 64 MB by default.
_ROOMY_BYTES = 2 * 2**30
# sun_path holds 108 bytes on Linux and 104 on macOS, each with its closing zero.
_LONGEST_SOCKET_BYTES = 103
_SOCKET_NAME = ".s.PGSQL.65535"
# A folder exists for an instant before its lock does; an older one was left by a killed starter.
_UNLOCKED_GRACE_SECONDS = 60.0


@dataclass(frozen=True)
class ClusterFolder:
    """A folder of this process: the server's data, socket and log."""

    path: Path
    lock: int
    """The descriptor that holds the lock."""

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def log(self) -> Path:
        return self.path / "server.log"

    def remove(self) -> None:
        """Delete the folder and let go of its lock; safe to repeat."""
        if not self.path.exists():
            return
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.lock)


def cluster_bases(*, ram_disk: Path = Path("/dev/shm")) -> tuple[Path, ...]:  # noqa: S108
    """Where folders may lie, best first: the RAM disk if there is one, then temporary folders."""
    temporary = (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108
    return (ram_disk, *dict.fromkeys(temporary))


def make_folder(account: Account, *, bases: Sequence[Path] | None = None) -> ClusterFolder:
    """Make a folder that only the server's user and its starter can read.

    Raises MoonpoolError when no base is writable, reachable for that user and short enough.
    """
    bases = cluster_bases() if bases is None else bases
    for base in bases:
        if _suits(base, account, roomy=base != bases[-1]):
            return _make_locked(base, account)
    raise MoonpoolError(
        "no folder can hold a PostgreSQL server: looked at "
        + ", ".join(f"`{base}`" for base in bases),
        hint="set TMPDIR to a short path that is writable and that every user may enter",
        slug="postgres-start",
        exit_code=ExitCode.DATABASE,
    )


def list_leftovers(*, uids: Iterable[int], bases: Sequence[Path] | None = None) -> list[Path]:
    """Folders of dead starters that belong to these users."""
    owners = set(uids)
    return [
        path
        for base in (cluster_bases() if bases is None else bases)
        for path in sorted(base.glob(f"{FOLDER_PREFIX}*"))
        if _owner(path) in owners and is_abandoned(path)
    ]


def remove_leftovers(*, uids: Iterable[int], bases: Sequence[Path] | None = None) -> list[Path]:
    """End the servers and delete the folders of dead starters; those that are gone now."""
    gone = []
    for path in list_leftovers(uids=uids, bases=bases):
        lock = _try_lock(path / _LOCK_FILE)
        if lock is None and (path / _LOCK_FILE).exists():
            continue
        end_server(path)
        forget_segment(path / "data")
        shutil.rmtree(path, ignore_errors=True)
        if lock is not None:
            os.close(lock)
        if not path.exists():
            gone.append(path)
    return gone


def _suits(base: Path, account: Account, *, roomy: bool) -> bool:
    if not base.is_dir() or not os.access(base, os.W_OK | os.X_OK):
        return False
    if account.switched and not all(_open_to_all(folder) for folder in (base, *base.parents)):
        return False
    longest = base / f"{FOLDER_PREFIX}12345678" / _SOCKET_NAME
    if len(os.fsencode(longest)) > _LONGEST_SOCKET_BYTES:
        return False
    return not roomy or shutil.disk_usage(base).free >= _ROOMY_BYTES


def _open_to_all(folder: Path) -> bool:
    return bool(folder.stat().st_mode & 0o001)


def _make_locked(base: Path, account: Account) -> ClusterFolder:
    while True:
        path = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=base))
        lock = _try_lock(path / _LOCK_FILE)
        # Somebody who cleans up may have met the folder before its lock was held.
        if lock is not None and (path / _LOCK_FILE).exists():
            break
        if lock is not None:
            os.close(lock)
    if account.switched:
        os.chown(path, account.uid, account.gid)
    return ClusterFolder(path, lock)


def is_abandoned(path: Path) -> bool:
    """Whether nobody holds the lock of a folder any more."""
    file = path / _LOCK_FILE
    if not file.exists():
        return _age_seconds(path) > _UNLOCKED_GRACE_SECONDS
    lock = _try_lock(file)
    if lock is None:
        return False
    os.close(lock)
    return True


def _owner(path: Path) -> int | None:
    """The user a folder belongs to; None for a link or a file, which are never ours."""
    try:
        return path.lstat().st_uid if path.is_dir() and not path.is_symlink() else None
    except OSError:
        return None


def _age_seconds(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _try_lock(file: Path) -> int | None:
    """A descriptor that holds the file's lock, or None while another process does."""
    import fcntl

    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
