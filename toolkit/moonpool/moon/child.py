"""moon as a child in a process group of its own, so that a signal to us reaches all of it once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

__all__ = ["run_group"]

_FORWARDED = (signal.SIGTERM, signal.SIGINT)
_HAS_GROUPS = hasattr(os, "killpg")


def run_group(command: Sequence[str], *, cwd: Path, environ: Mapping[str, str]) -> tuple[int, int]:
    """Run a command to its end; return its exit code and the signal that we were sent, or 0.

    SIGTERM and SIGINT are handed to the child's group, and the child is waited for: moon gives its
    tasks two seconds and then kills them, so no deadline of ours is needed.
    """
    received: list[int] = []
    with _forwarding(received) as children:
        child = subprocess.Popen(
            command, cwd=cwd, env=dict(environ), process_group=0 if _HAS_GROUPS else None
        )
        children.append(child)
        # A signal that came while the child was being started found nobody to go to.
        for number in received:
            _send(child, number)
        code = child.wait()
    return (code if code >= 0 else 128 - code), (received[0] if received else 0)


@contextlib.contextmanager
def _forwarding(received: list[int]) -> Iterator[list[subprocess.Popen[bytes]]]:
    children: list[subprocess.Popen[bytes]] = []

    def forward(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        for child in children:
            _send(child, number)

    before = {number: signal.signal(number, forward) for number in _FORWARDED}
    try:
        yield children
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _send(child: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        if _HAS_GROUPS:
            os.killpg(child.pid, number)
        else:
            child.terminate()
