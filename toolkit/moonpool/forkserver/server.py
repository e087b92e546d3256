"""The server's loop: forks what is asked for, and tells how each process ended."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

from moonpool.forkserver.interpreter import become_interpreter
from moonpool.forkserver.messages import Request, receive, tell
from moonpool.forkserver.safety import hindrance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["serve"]

# They reach every process of a terminal or a task; whoever started the server decides about it.
_DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve(connection: socket.socket, preload: Callable[[], None], *, at_once: bool) -> None:
    """Fork processes until the other end of the connection is closed.

    Returns before any if what was preloaded has done more than define things.
    """
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in _DEAF_TO}
    if not at_once and not connection.recv(1, socket.MSG_PEEK):
        return  # It was closed, and nothing had been asked for.
    preload()
    if reason := hindrance((connection.fileno(),)):
        sys.stderr.write(f"moonpool: workers are started anew: {reason}\n")
        return
    # What is there by now stays; a collection would touch, and so copy, all of it in each process.
    gc.freeze()
    _Server(connection, handlers).run()


class _Server:
    """Its processes: by the descriptor that tells of a process's end, its id and whom to tell."""

    def __init__(self, connection: socket.socket, handlers: Mapping[signal.Signals, Any]) -> None:
        self._connection = connection
        self._handlers = handlers
        self._running: dict[int, tuple[int, int]] = {}

    def run(self) -> None:
        """Answer requests and ends of processes until no request can come any more."""
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor != self._connection.fileno():
                    poll.unregister(descriptor)
                    self._bury(descriptor)
                    continue
                request = receive(self._connection)
                if request is None:
                    return
                poll.register(self._fork(request), select.POLLIN)

    def _fork(self, request: Request) -> int:
        pid = os.fork()
        if pid == 0:
            self._leave_for(request)
        *streams, tells = request.files
        for descriptor in streams:
            os.close(descriptor)
        tell(tells, pid)
        ends = os.pidfd_open(pid)
        self._running[ends] = (pid, tells)
        return ends

    def _leave_for(self, request: Request) -> None:
        self._connection.close()
        for ends, (_, tells) in self._running.items():
            os.close(ends)
            os.close(tells)
        *streams, tells = request.files
        os.close(tells)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        become_interpreter(request.environ, request.folder, (streams[0], streams[1], streams[2]))

    def _bury(self, ends: int) -> None:
        pid, tells = self._running.pop(ends)
        _, status = os.waitpid(pid, 0)
        os.close(ends)
        tell(tells, status)
        os.close(tells)
