"""The one place that touches what pytest-xdist keeps private, probed before it is used.

Present from pytest-xdist 3.6 to 3.8: `DSession.nodemanager`, `.queue`, `._active_nodes`,
`.shuttingdown` and `._clone_node`, `NodeManager.group` and `.setup_node`, `WorkerController._down`,
execnet's `gateway._io.popen`, and `TerminalDistReporter._isatty`. A DSession answers an event of
its queue by the method `worker_<name>`, so a method of that kind lets us act in its own thread.
"""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING, Any

import execnet

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from xdist.dsession import DSession  # type: ignore[import-untyped]
    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

__all__ = ["XdistSession", "find_xdist_session"]

_SESSION = ("nodemanager", "queue", "_active_nodes", "shuttingdown", "_clone_node")
_NODES = ("group", "setup_node")
_EVENT = "moonpool_tick"


class XdistSession:
    """A running pytest-xdist session that can be given more workers, and fewer."""

    def __init__(self, session: DSession) -> None:
        self._session = session

    @property
    def is_ending(self) -> bool:
        """Whether the session has begun to shut down."""
        return bool(self._session.shuttingdown)

    def call_on_tick(self, act: Callable[[], None]) -> None:
        """Have ``act`` called in the session's thread after each `tick`."""
        setattr(self._session, f"worker_{_EVENT}", act)

    def tick(self) -> None:
        """Ask for a call; may come from any thread."""
        self._session.queue.put((_EVENT, {}))

    def exit_status(self, node: WorkerController, patience_seconds: float = 0.0) -> int | None:
        """Return how a worker's process ended: negative for a signal, None while it runs.

        A process that cannot be seen counts as one that ended well.
        """
        process = _process(node)
        if process is None:
            return 0
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience_seconds)
        status: int | None = process.poll()
        return status

    def add_worker(self) -> WorkerController:
        """Start a worker of this machine, which joins the run once it has collected.

        Blocks for as long as a process takes to start. Raises OSError where that fails.
        """
        nodes = self._session.nodemanager
        spec = execnet.XSpec("execmodel=main_thread_only//popen")
        nodes.group.allocate_id(spec)
        node = nodes.setup_node(spec, self._session.queue.put)
        self._session._active_nodes.add(node)
        return node

    def abandon(self, node: WorkerController) -> None:
        """Kill a worker that has not been given a test yet; the session forgets it."""
        # With this mark nobody takes the end of its connection for a crash.
        node._down = True
        process = _process(node)
        if process is not None:
            process.kill()
        self._session._active_nodes.discard(node)

    def replace_crashed_if(self, wanted: Callable[[WorkerController], bool]) -> None:
        """Let ``wanted`` decide about each crashed worker whether another takes its place."""
        clone = self._session._clone_node

        def clone_if_wanted(node: WorkerController) -> WorkerController | None:
            return clone(node) if wanted(node) else None

        self._session._clone_node = clone_if_wanted

    def keep_progress_line(self) -> None:
        """Let workers that start late leave the terminal alone: their start is no news."""
        reporter: Any = getattr(self._session, "trdist", None)
        if hasattr(reporter, "_isatty"):
            reporter._isatty = False


def _process(node: WorkerController) -> Any:
    return getattr(getattr(node.gateway, "_io", None), "popen", None)


def find_xdist_session(config: pytest.Config) -> XdistSession | None:
    """Return the session of this run; None where there is none or it is of another shape."""
    session = config.pluginmanager.get_plugin("dsession")
    if session is None or not all(hasattr(session, name) for name in _SESSION):
        return None
    if not all(hasattr(session.nodemanager, name) for name in _NODES):
        return None
    return XdistSession(session)
