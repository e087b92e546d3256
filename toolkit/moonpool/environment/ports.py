"""Ports that stay free for whoever reserved them.

They lie below the range from which the kernel takes ports for outgoing connections, so none of
those can be in the way later; other workers of this machine see the claim.
"""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.environment.claims import Claim, claim
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["reserve_port"]

_FIRST = 20000
# Linux begins at 32768 unless told otherwise, macOS and Windows at 49152.
_USUAL_END = 32768
_RANGE_FILE = "proc/sys/net/ipv4/ip_local_port_range"


def reserve_port(
    wish: str,
    *,
    root: Path = Path("/"),
    claim: Callable[[str], Claim | None] = claim,
) -> tuple[int, Claim]:
    """A free port and the claim that reserves it; the same wish gets the same port where it can.

    Raises MoonpoolError when none is free.
    """
    ports = range(_FIRST, max(_end(root), _FIRST + 1))
    begin = int.from_bytes(hashlib.sha256(wish.encode()).digest()[:4], "big") % len(ports)
    for port in (*ports[begin:], *ports[:begin]):
        held = claim(f"port-{port}")
        if held is None:
            continue
        if _is_free(port):
            return port, held
        held.close()
    raise MoonpoolError(
        f"no port between {ports[0]} and {ports[-1]} is free",
        hint="end what holds them: `ss -ltn` lists it",
        slug="ports",
    )


def _end(root: Path) -> int:
    try:
        first = int((root / _RANGE_FILE).read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return _USUAL_END
    return min(first, _USUAL_END)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
