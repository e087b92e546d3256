"""What the server is asked for, and what it tells of each process: its id, then its wait status."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Request", "hear", "receive", "send", "tell"]

_LENGTH = struct.Struct("!I")
_NUMBER = struct.Struct("!i")
_FILES = 4


class Request(NamedTuple):
    """A process that is asked for.

    ``files`` are the descriptors of its standard input, output and error, and of the stream on
    which the server is to tell of it.
    """

    environ: Mapping[str, str]
    folder: str
    files: tuple[int, int, int, int]


def send(connection: socket.socket, request: Request) -> None:
    """Ask for a process; raises OSError when nobody is there."""
    # JSON escapes the lone surrogates that stand for bytes of no encoding.
    told = json.dumps([dict(request.environ), request.folder]).encode("ascii")
    socket.send_fds(connection, [_LENGTH.pack(len(told))], list(request.files))
    connection.sendall(told)


def receive(connection: socket.socket) -> Request | None:
    """Return the next request; None when there will be no more."""
    head, files, _, _ = socket.recv_fds(connection, _LENGTH.size, _FILES)
    if len(head) < _LENGTH.size or len(files) != _FILES:
        return None
    (length,) = _LENGTH.unpack(head)
    told = bytearray()
    while len(told) < length:
        part = connection.recv(length - len(told))
        if not part:
            return None
        told += part
    environ, folder = json.loads(told)
    return Request(environ, folder, (files[0], files[1], files[2], files[3]))


def tell(stream: int, number: int) -> None:
    """Tell a number, if somebody still waits for it."""
    with contextlib.suppress(BrokenPipeError):
        os.write(stream, _NUMBER.pack(number))


def hear(stream: int) -> int | None:
    """Return the next number; None when nobody is left who could tell it."""
    told = os.read(stream, _NUMBER.size)
    return int(_NUMBER.unpack(told)[0]) if len(told) == _NUMBER.size else None
