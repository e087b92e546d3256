"""A forked process as its owner sees it, with what callers of `subprocess.Popen` use."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
import time

from moonpool.forkserver.messages import hear

__all__ = ["ForkedProcess"]


class ForkedProcess:
    """The handle of one process; ``told`` is the stream that tells its id and its wait status.

    ``returncode`` is as in `subprocess`: None while it runs, negative for a signal. A process
    whose server is gone is killed. Raises OSError when the server could not start it.
    """

    def __init__(self, told: int) -> None:
        self._told = told
        self._lock = threading.Lock()
        self.returncode: int | None = None
        pid = hear(told)
        if pid is None:
            os.close(told)
            raise OSError("the process that workers are forked from is gone")
        self.pid = pid
        # Unlike `select` it takes descriptors beyond 1023, which a controller may have.
        self._news = select.poll()
        self._news.register(told, select.POLLIN)

    def poll(self) -> int | None:
        """Return the exit status, None while the process runs."""
        return self._look(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; raises subprocess.TimeoutExpired after so many seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self._look(_left(until))) is None:
            if until is not None and time.monotonic() >= until:
                assert timeout is not None
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return status

    def kill(self) -> None:
        """End the process at once; nothing if it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _look(self, seconds: float) -> int | None:
        # One thread may wait while another asks: each looks for a moment only, and under the lock.
        with self._lock:
            if self.returncode is None and self._news.poll(seconds * 1000):
                self.returncode = self._read()
                os.close(self._told)
            return self.returncode

    def _read(self) -> int:
        status = hear(self._told)
        if status is None:
            # The server is gone, and with it whoever could tell.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            return -signal.SIGKILL
        return os.waitstatus_to_exitcode(status)


def _left(until: float | None) -> float:
    moment = 0.2
    return moment if until is None else max(0.0, min(moment, until - time.monotonic()))
