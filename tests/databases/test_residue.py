"""The server behind a socket is known by the kernel's word."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from moonpool.databases.residue import end_server, listening_pid

if TYPE_CHECKING:
    from pathlib import Path

    from moonpool.databases.server import Server


def test_the_listening_process_is_the_server(server: Server) -> None:
    assert listening_pid(server.folder.path) == server.process.pid


def test_a_socket_that_nobody_listens_on_leads_to_nobody(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as abandoned:
        abandoned.bind(str(place / ".s.PGSQL.5432"))
    (place / ".s.PGSQL.5432.lock").touch()

    assert listening_pid(place) is None
    end_server(place)
