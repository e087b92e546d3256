"""The one place that touches what pytest-xdist keeps private, probed before it is used.

Present from pytest-xdist 3.6 to 3.8: `DSession.nodemanager`, `.queue`, `._active_nodes` and
`.shuttingdown`, `NodeManager.group` and `.setup_node`, and execnet's `gateway._io.popen`. A
DSession answers an event of its queue by the method `worker_<name>`, so a method of that kind lets
us act in its own thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import execnet

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from xdist.dsession import DSession  # type: ignore[import-untyped]
    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

__all__ = ["XdistSession", "find_xdist_session"]

_SESSION = ("nodemanager", "queue", "_active_nodes", "shuttingdown")
_NODES = ("group", "setup_node")
_EVENT = "moonpool_tick"


class XdistSession:
    """A running pytest-xdist session that can be given more workers."""

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

    def has_exited(self, node: WorkerController) -> bool:
        """Whether a worker's process is gone; one whose process cannot be seen counts as gone."""
        process = getattr(getattr(node.gateway, "_io", None), "popen", None)
        return process is None or process.poll() is not None

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


def find_xdist_session(config: pytest.Config) -> XdistSession | None:
    """Return the session of this run; None where there is none or it is of another shape."""
    session = config.pluginmanager.get_plugin("dsession")
    if session is None or not all(hasattr(session, name) for name in _SESSION):
        return None
    if not all(hasattr(session.nodemanager, name) for name in _NODES):
        return None
    return XdistSession(session)
