"""A run's claim on the names beside a SQLite file: held while the run lives, with what it made.

The claim lies beside the file, where every other run finds it, whichever checkout, user or
container it belongs to. Its first line is the run's mark; each further one names a file that a
process of the run was given, and is written before that file appears. A file that no claim names
is not ours.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from moonpool.databases.marks import Mark, parse_mark, render_mark
from moonpool.databases.sqlite.held import Held, hold, is_held, peek
from moonpool.databases.sqlite.path import COMPANIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "Claim",
    "Claimed",
    "add_file",
    "cannot_remove",
    "claim_path",
    "claims_in",
    "read_claim",
    "remove_dead",
    "take_claim",
    "withdraw_file",
]

_PREFIX, _ENDING = ".", ".moonpool"
_NOT = "not"


@dataclass(frozen=True)
class Claimed:
    """What a claim says."""

    path: Path
    mark: Mark
    names: tuple[str, ...]
    """Files in the claim's folder."""

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self.path.with_name(name) for name in self.names)

    @property
    def lives(self) -> bool:
        """Whether the run still holds it; once let go it is so for ever."""
        return is_held(self.path)


@dataclass(frozen=True)
class Claim:
    """A claim of this process."""

    held: Held

    def release(self) -> tuple[str, ...]:
        """Remove the files that the claim names, and then itself; what could not be, as notes."""
        claimed = _parse(self.held.path, self.held.read())
        try:
            for file in claimed.files if claimed else ():
                _remove(file)
        except OSError as error:
            self.held.close()
            return (cannot_remove(error),)
        self.held.remove()
        return ()


def cannot_remove(error: OSError) -> str:
    """The note about a file that stays."""
    found = f"cannot remove `{error.filename}`: {error.strerror}"
    return f"{found}; later run `moonpool databases clean`"


def claim_path(file: Path) -> Path:
    """Where the claim on a file and on the names derived from it lies."""
    return file.with_name(f"{_PREFIX}{file.name}{_ENDING}")


def take_claim(file: Path, mark: Mark) -> Claim | None:
    """Claim a file's name for a run; what a dead run made under it is removed.

    None when another run has it, or gave this very file to one of its processes. Raises OSError
    when the folder cannot be written.
    """
    held = hold(claim_path(file))
    if held is None:
        return None
    try:
        if _is_free(held, file):
            held.write(f"{render_mark(mark)}\n".encode())
            return Claim(held)
    except BaseException:
        held.close()
        raise
    held.close()
    return None


def _is_free(held: Held, file: Path) -> bool:
    if any(file.name in other.names and other.lives for other in claims_in(file.parent)):
        # This is a pytest inside a test of another run, and it is not ours to say so there.
        if not held.read():
            held.remove()
        return False
    content = held.read()
    claimed = _parse(held.path, content)
    if content and claimed is None:
        return False
    with contextlib.suppress(OSError):
        for each in claimed.files if claimed else ():
            _remove(each)
        return True
    return False


def read_claim(path: Path) -> Claimed | None:
    """What a claim says, or None when there is none that we understand."""
    try:
        return _parse(path, peek(path))
    except OSError:
        return None


def claims_in(folder: Path) -> Iterator[Claimed]:
    """All claims of a folder, of the living and the dead."""
    for path in sorted(folder.glob(f"{_PREFIX}*{_ENDING}")):
        claimed = read_claim(path)
        if claimed is not None:
            yield claimed


def add_file(path: Path, name: str) -> None:
    """Write into the run's claim that a file is given to one of its processes.

    Raises OSError when the claim is gone.
    """
    _append(path, name)


def withdraw_file(path: Path, name: str) -> None:
    """Write into the run's claim that a file turned out to be somebody else's; raises OSError."""
    _append(path, {_NOT: name})


def _append(path: Path, entry: object) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0))
    try:
        os.write(descriptor, f"{json.dumps(entry)}\n".encode())
    finally:
        os.close(descriptor)


def remove_dead(path: Path) -> tuple[Path, ...] | None:
    """Remove a claim whose run is gone, with its files; None when that is not proven.

    Raises OSError for a file that cannot be removed.
    """
    if not path.exists():
        return ()
    held = hold(path)
    if held is None:
        return None
    claimed = _parse(path, held.read())
    if claimed is None:
        held.close()
        return None
    try:
        for file in claimed.files:
            _remove(file)
    except OSError:
        held.close()
        raise
    held.remove()
    return claimed.files


def _remove(file: Path) -> None:
    for companion in COMPANIONS:
        file.with_name(file.name + companion).unlink(missing_ok=True)


def _parse(path: Path, content: bytes) -> Claimed | None:
    first, *lines = content.decode(errors="replace").split("\n")
    mark = parse_mark(first)
    if mark is None:
        return None
    entries = [entry for line in lines if (entry := _entry(line)) is not None]
    withdrawn = {entry.get(_NOT) for entry in entries if isinstance(entry, dict)}
    names = [name for entry in entries if (name := _derived(entry, path))]
    return Claimed(path, mark, tuple(name for name in names if name not in withdrawn))


def _entry(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _derived(name: object, path: Path) -> str | None:
    """The name in an entry, if it can be derived from the claim's; a claim names nothing else."""
    if not isinstance(name, str):
        return None
    base = path.name.removeprefix(_PREFIX).removesuffix(_ENDING)
    stem = base.rpartition(".")[0] or base
    return name if name.startswith(f"{stem}_") and PurePath(name).name == name else None
