"""The System V segment by which a PostgreSQL server guards its data directory, left when killed.

It holds 56 bytes, and Linux allows 4,096 of them: then no server starts any more. The next one on
the same directory would remove it, but ours are deleted.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

__all__ = ["forget_segment"]

_IPC_RMID = 0  # <sys/ipc.h>
# In `postmaster.pid`: the pid in the first line, key and id of the segment in the seventh.
_PID_LINE, _SEGMENT_LINE = 0, 6


def forget_segment(data: Path, *, root: Path = Path("/")) -> bool:
    """Remove the segment of a server that is gone, if the kernel says that it made it.

    ``data`` is its directory, which must not be used again. False where there is nothing to see.
    """
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        table = (root / "proc/sysvipc/shm").read_text().splitlines()[1:]
        made = (*map(int, lines[_SEGMENT_LINE].split()), int(lines[_PID_LINE]))
    except (OSError, ValueError, IndexError):
        return False
    for key, number, _perms, _size, creator, *_ in map(str.split, table):
        # A number and a key may be another's by now, but not with the same process behind it.
        if (int(key), int(number), int(creator)) == made:
            return bool(ctypes.CDLL(None).shmctl(int(number), _IPC_RMID, None) == 0)
    return False
