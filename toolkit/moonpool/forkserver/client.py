"""The server as the process that started it sees it: asked for processes, and closed."""

from __future__ import annotations

import contextlib
import os
import posix  # Its own `_exit`, in whose place a measurement may have put another.
import socket
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from moonpool.forkserver.messages import Request, send
from moonpool.forkserver.process import ForkedProcess
from moonpool.forkserver.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ForkServer"]


class ForkServer(NamedTuple):
    """A running server; what it has forked ends with it, and it ends with this process."""

    pid: int
    connection: socket.socket

    @classmethod
    def start(
        cls, forget: Callable[[], None], preload: Callable[[], None], *, at_once: bool
    ) -> ForkServer:
        """Copy this process; ask `hindrance` first.

        ``forget`` is called in the copy, to let go of what is this process's alone; ``preload``
        imports there what all processes need, ``at_once`` or when the first of them is asked for.
        Raises OSError when there can be no further process.
        """
        ours, theirs = socket.socketpair()
        # What is still in a buffer would be written once more by each process.
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                forget()
                serve(theirs, preload, at_once=at_once)
            except BaseException:
                traceback.print_exc()
            finally:
                posix._exit(0)
        theirs.close()
        return cls(pid, ours)

    def spawn(self, stdin: int, stdout: int) -> ForkedProcess:
        """Fork a process that reads a line of Python from ``stdin`` and runs it, as `python -c`.

        It has this process's environment, working folder and standard error as they are now.
        Raises OSError when the server is gone.
        """
        told, tells = os.pipe()
        try:
            files = (stdin, stdout, 2, tells)
            send(self.connection, Request(os.environ, str(Path.cwd()), files))
        except OSError:
            os.close(told)
            raise
        finally:
            os.close(tells)
        return ForkedProcess(told)

    def close(self) -> None:
        """End the server and what still runs of its processes."""
        self.connection.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
