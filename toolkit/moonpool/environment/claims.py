"""A word that one process of this machine holds at a time, until it ends in whatever way.

Linux has sockets with names and without files, in the same network namespace as the ports that are
claimed through them; elsewhere a locked file in the temporary folder does.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import IO, TypeAlias

from moonpool.files import lock_file

__all__ = ["Claim", "claim"]

Claim: TypeAlias = "socket.socket | IO[bytes]"


def claim(word: str, *, named_sockets: bool = sys.platform == "linux") -> Claim | None:
    """Hold ``word`` until the result is closed or we end; None while another process does."""
    return _claim_socket(word) if named_sockets else _claim_file(word)


def _claim_socket(word: str) -> socket.socket | None:
    held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # The zero byte is what makes it a name without a file (unix(7), "abstract").
        held.bind(f"\0moonpool-{word}")
    except OSError:
        held.close()
        return None
    return held


def _claim_file(word: str) -> IO[bytes] | None:
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir(), f"moonpool-claims-{user}")
    folder.mkdir(mode=0o700, exist_ok=True)
    stream = (folder / word).open("ab")
    if lock_file(stream):
        return stream
    stream.close()
    return None
