"""This run as a client of a jobserver: each worker beyond the first costs a token.

The first one is make's own: whoever runs as a recipe already has a slot.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.pool.jobserver import find_jobserver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.pool.jobserver import Jobserver

__all__ = ["Tokens", "open_tokens"]

_KEEPER = Path(__file__).with_name("keeper.py")


class Tokens:
    """The tokens that this run holds, in the hands of a process that outlives it by a moment."""

    def __init__(self, keeper: subprocess.Popen[bytes]) -> None:
        self._keeper = keeper
        self._held = 0

    @property
    def workers(self) -> int:
        """How many workers the tokens and the slot that was there before them allow."""
        return 1 + self._held

    def reserve(self, workers: int) -> int:
        """Take tokens towards so many workers; return how many of these may run."""
        while self.workers < workers and self._say(b"+") and self._answer() == b"1":
            self._held += 1
        return min(workers, self.workers)

    def keep(self, workers: int) -> None:
        """Return the tokens that so many workers do not need."""
        while self.workers > max(1, workers) and self._say(b"-"):
            self._held -= 1

    def close(self) -> None:
        """Return everything."""
        for stream in (self._keeper.stdin, self._keeper.stdout):
            assert stream is not None
            stream.close()
        self._keeper.wait()
        self._held = 0

    def _say(self, command: bytes) -> bool:
        assert self._keeper.stdin is not None
        try:
            os.write(self._keeper.stdin.fileno(), command)
        except (OSError, ValueError):
            # Without its keeper the run has the one slot that nobody can take from it.
            self._held = 0
            return False
        return True

    def _answer(self) -> bytes:
        assert self._keeper.stdout is not None
        return os.read(self._keeper.stdout.fileno(), 1)


def open_tokens(environ: Mapping[str, str] = os.environ) -> Tokens | None:
    """Become a client of the jobserver around this process; None where there is none."""
    jobserver = find_jobserver(environ)
    if jobserver is None:
        return None
    keeper = subprocess.Popen(
        [sys.executable, "-I", "-S", str(_KEEPER), *_words(jobserver)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=jobserver.descriptors or (),
        start_new_session=True,
    )
    return Tokens(keeper)


def _words(jobserver: Jobserver) -> tuple[str, ...]:
    if jobserver.semaphore is not None:
        return (jobserver.semaphore,)
    if jobserver.fifo is not None:
        return jobserver.fifo, jobserver.fifo
    assert jobserver.descriptors is not None
    reading, writing = jobserver.descriptors
    return f"/dev/fd/{reading}", f"/dev/fd/{writing}"
