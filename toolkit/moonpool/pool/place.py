"""Where the ledger of this user and machine lies, and whether that folder can be trusted.

A folder counts only if it is a real directory that we own and nobody else may write to: whoever
could write there could hold slots that do not exist, or follow our writes elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.pool.locks import locks_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from moonpool.machine import Machine

__all__ = ["FOLDER_VARIABLE", "SECTION_FILE", "find_folder", "pool_key", "prepare_folder"]

# Names the folder to use instead of the runtime and the temporary one.
FOLDER_VARIABLE = "MOONPOOL_POOL_DIR"

# The file whose lock is the critical section.
SECTION_FILE = "section.lock"

_BOOT_ID = "proc/sys/kernel/random/boot_id"


def pool_key(machine: Machine, *, root: Path = Path("/")) -> str:
    """Return a short name that is equal where processes share both CPUs and memory.

    A container with limits of its own has its own pool; one without shares its host's if it sees
    the same folder. The boot is part of it because a folder on disk outlives the machine's run.
    """
    try:
        boot = (root / _BOOT_ID).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        boot = ""
    words = "\n".join((boot, machine.cpu_key, machine.memory_key or ""))
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def find_folder(
    key: str,
    environ: Mapping[str, str] = os.environ,
    *,
    temporary: Path | None = None,
    probe: Callable[[Path], bool] = locks_work,
) -> tuple[Path | None, str | None]:
    """Return the first usable folder for ``key``, made if needed, or None and why there is none.

    ``temporary`` is the folder that all users share; ``probe`` says of a file whether locks work.
    """
    reason = None
    for base, above in _candidates(environ, temporary or _temporary_folder()):
        folder = base / key
        reason = _distrust(above) if above else None
        reason = reason or prepare_folder(folder) or _lacks_locks(folder, probe)
        if reason is None:
            return folder, None
    return None, reason


def _candidates(environ: Mapping[str, str], temporary: Path) -> Iterator[tuple[Path, Path | None]]:
    """Yield folders, and for each the one above that has to be ours as well."""
    if named := environ.get(FOLDER_VARIABLE):
        yield Path(named).absolute(), None
        return
    uid = _own_uid()
    # A hook or a cron job lacks the variable that a desktop session has, and must meet it all the
    # same: systemd's place for it is always the same.
    runtime = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{uid}")
    if runtime.is_absolute() and runtime.is_dir():
        yield runtime / "moonpool", runtime
    yield temporary / ("moonpool" if uid is None else f"moonpool-{uid}"), None


def _temporary_folder() -> Path:
    # Not TMPDIR: tools set it per process, and then two runs would not meet.
    shared = Path("/tmp")  # noqa: S108 - what is made in it is checked by prepare_folder
    return shared if os.access(shared, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def prepare_folder(folder: Path) -> str | None:
    """Make a private folder, and the one it lies in, if needed; return what is wrong, or None.

    Nothing that exists is changed.
    """
    return _prepare(folder.parent) or _prepare(folder)


def _prepare(folder: Path) -> str | None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        # Not a directory, or a link that leads nowhere.
        return _distrust(folder)
    except OSError as error:
        return f"`{folder}` cannot be made ({_why(error)})"
    return _distrust(folder)


def _distrust(folder: Path) -> str | None:
    try:
        found = folder.lstat()
    except OSError as error:
        return f"`{folder}` cannot be looked at ({_why(error)})"
    if stat.S_ISLNK(found.st_mode):
        return f"`{folder}` is a symbolic link"
    if not stat.S_ISDIR(found.st_mode):
        return f"`{folder}` is not a directory"
    uid = _own_uid()
    # Windows has neither; its temporary folder is the user's own.
    if uid is not None and found.st_uid != uid:
        return f"`{folder}` belongs to user {found.st_uid}, not to {uid}"
    if uid is not None and found.st_mode & 0o022:
        return f"others may write to `{folder}`"
    return None


def _lacks_locks(folder: Path, probe: Callable[[Path], bool]) -> str | None:
    try:
        works = probe(folder / SECTION_FILE)
    except OSError as error:
        return f"`{folder}` cannot be written ({_why(error)})"
    return None if works else f"the file system of `{folder}` has no working locks"


def _own_uid() -> int | None:
    return os.geteuid() if hasattr(os, "geteuid") else None


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
