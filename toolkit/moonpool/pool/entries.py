"""The record of one controller: what its file in the ledger says, and how doubtful ones count.

A record has a fixed size and is overwritten in one write, so a disk that fills up later cannot
stop an update, and nobody reads the tail of an older one.
"""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

from moonpool.pool.shares import Claim

__all__ = [
    "RECORD_BYTES",
    "STALE_SECONDS",
    "Controller",
    "Entry",
    "decode_entry",
    "effective_claim",
    "encode_entry",
]

_VERSION = 1

# Half a page: one write that the kernel does not split, and room for long paths.
RECORD_BYTES = 2048
# JSON may write a backslash or a quotation mark as two bytes, and still all of this must fit.
_MOST_TEXT = {"project": 150, "checkout": 500, "run": 60, "started": 40}

# Numbers beyond these are damage: no machine has such workers.
_MOST_WORKERS = 10_000
_MOST_CPUS = 10_000.0
_MOST_BYTES = 2**60
_MOST_PID = 2**32
_MOST_SECONDS = 1e12

# A controller tells its claim every few seconds. One that has not for so long (it is stopped, or
# it is one process that is busy testing) keeps what it holds, but nothing is kept free for it.
STALE_SECONDS = 15.0


class Controller(NamedTuple):
    """Who takes part: for people to read, and never to decide by."""

    project: str
    checkout: str
    pid: int
    run: str = ""
    started: str = ""


class Entry(NamedTuple):
    """A controller and its claim; ``updated`` is in the seconds of ``boot_seconds``.

    ``understood`` is False for a record that this version cannot read.
    """

    controller: Controller
    claim: Claim
    updated: float
    understood: bool = True


def encode_entry(entry: Entry) -> bytes:
    """Return a record of exactly ``RECORD_BYTES``; texts that are too long lose their beginning."""
    who, claim = entry.controller, entry.claim
    texts = {name: _plain(getattr(who, name), most) for name, most in _MOST_TEXT.items()}
    numbers = {
        "pid": who.pid,
        "weight": claim.weight,
        "worker_bytes": claim.worker_bytes,
        "own_bytes": claim.own_bytes,
        "wanted": claim.wanted,
        "held": claim.held,
        "floor": claim.floor,
        "since": claim.since,
        "firm_bytes": claim.firm_bytes,
        "updated": entry.updated,
    }
    content = json.dumps({"version": _VERSION, **texts, **numbers}, ensure_ascii=False)
    return content.encode().ljust(RECORD_BYTES - 1) + b"\n"


def _plain(text: str, most_bytes: int) -> str:
    """Return text that fits, and that any terminal can show without obeying it."""
    shown = text
    if not text.isprintable():
        shown = "".join(sign if sign.isprintable() else "?" for sign in text)
    return shown.encode()[-most_bytes:].decode(errors="ignore")


def decode_entry(identifier: str, data: bytes) -> Entry:
    """Read a record; one that cannot be understood counts for what can be read, else one slot."""
    try:
        content = json.loads(data.rstrip())
    except (ValueError, RecursionError):
        content = None
    found = content if isinstance(content, dict) else {}
    claim = _claim(identifier, found)
    updated = _number(found, "updated", _MOST_SECONDS)
    if found.get("version") != _VERSION or claim is None or updated is None:
        return Entry(_controller(found), _doubtful_claim(identifier, found), math.inf, False)
    return Entry(_controller(found), claim, updated)


def _claim(identifier: str, found: dict[str, Any]) -> Claim | None:
    weight = _number(found, "weight", _MOST_CPUS)
    worker_bytes = _whole(found, "worker_bytes", _MOST_BYTES)
    wanted, held = _whole(found, "wanted", _MOST_WORKERS), _whole(found, "held", _MOST_WORKERS)
    floor, since = _whole(found, "floor", 1), _number(found, "since", _MOST_SECONDS)
    own_bytes = _whole(found, "own_bytes", _MOST_BYTES) or 0
    firm = found.get("firm_bytes") is True
    if weight is None or worker_bytes is None or wanted is None or held is None or floor is None:
        return None
    return Claim(identifier, weight, worker_bytes, wanted, held, floor, since, own_bytes, firm)


def _doubtful_claim(identifier: str, found: dict[str, Any]) -> Claim:
    held = _whole(found, "held", _MOST_WORKERS)
    held = 1 if held is None else held
    weight = _number(found, "weight", _MOST_CPUS) or 1.0
    worker_bytes = _whole(found, "worker_bytes", _MOST_BYTES) or 0
    own_bytes = _whole(found, "own_bytes", _MOST_BYTES) or 0
    return Claim(identifier, weight, worker_bytes, wanted=held, held=held, own_bytes=own_bytes)


def _controller(found: dict[str, Any]) -> Controller:
    texts = {name: _plain(str(found.get(name, "")), most) for name, most in _MOST_TEXT.items()}
    return Controller(pid=_whole(found, "pid", _MOST_PID) or 0, **texts)


def _whole(found: dict[str, Any], name: str, most: int) -> int | None:
    value = found.get(name)
    # JSON's true is a bool, which Python would take for 1.
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= most else None


def _number(found: dict[str, Any], name: str, most: float) -> float | None:
    value = found.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value <= most else None


def effective_claim(entry: Entry, now: float) -> Claim:
    """Return the claim to reckon with: a controller that fell silent wants only what it holds."""
    claim = entry.claim
    if now - entry.updated <= STALE_SECONDS or claim.wanted <= claim.held:
        return claim
    return claim._replace(wanted=claim.held)
