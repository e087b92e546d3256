"""What the server is sent: an environment, a folder, and the files of a process to be."""

from __future__ import annotations

import json
import socket
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Request", "receive", "send"]

_LENGTH = struct.Struct("!I")


class Request(NamedTuple):
    """A process that is asked for.

    ``files`` are the descriptors of its standard input, output and error, and of the stream that
    tells its process id and then its wait status, each as four bytes.
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
    head, files, _, _ = socket.recv_fds(connection, _LENGTH.size, len(Request._fields) + 1)
    if len(head) < _LENGTH.size or len(files) != 4:
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
