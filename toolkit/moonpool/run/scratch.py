"""The folder that one run works in, and the removal of those that dead runs left.

Each folder holds a file that its run keeps locked. The kernel drops the lock when the process
ends, however it ends, so a free lock is the proof that the folder is nobody's.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import IO, NamedTuple

from moonpool.files import lock_file

__all__ = ["Scratch", "open_scratch"]

_PREFIX = "run-"
_LOCK = "lock"


class Scratch(NamedTuple):
    """A run's own folder; it is removed by ``close`` or, after a kill, by a later run."""

    folder: Path
    lock: IO[bytes]

    @property
    def run_id(self) -> str:
        """A name that no other run of this project has."""
        return self.folder.name.removeprefix(_PREFIX)

    def close(self) -> None:
        """Remove the folder and let go of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.lock.close()


def open_scratch(own_folder: Path) -> Scratch:
    """Make a run's folder below ``own_folder``, a project's `.moonpool`, and sweep old ones.

    Raises OSError when the folder cannot be written.
    """
    own_folder.mkdir(parents=True, exist_ok=True)
    ignore = own_folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# Everything here can be made again.\n*\n", encoding="utf-8")
    _sweep(own_folder)
    while True:
        folder = Path(tempfile.mkdtemp(dir=own_folder, prefix=_PREFIX))
        stream = (folder / _LOCK).open("wb")
        if lock_file(stream):
            return Scratch(folder, stream)
        # A run that sweeps at this very moment took the lock first and removes the folder.
        stream.close()


def _sweep(own_folder: Path) -> None:
    for folder in own_folder.glob(f"{_PREFIX}*"):
        # A folder without the file is being made at this moment by another run.
        with contextlib.suppress(OSError), (folder / _LOCK).open("rb+") as stream:
            if lock_file(stream):
                shutil.rmtree(folder, ignore_errors=True)
