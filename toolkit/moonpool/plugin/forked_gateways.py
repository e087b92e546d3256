"""The one place that gives execnet a forked process where it would start one.

Touched of execnet 2: `Group.makegateway`, replaced for the local workers of one group, `._register`
and `.execmodel`, `gateway_base.Popen2IO`, `gateway_bootstrap.bootstrap`; of pytest-xdist 3.6 to
3.8: `DSession.nodemanager` and its `group`. A group of another shape starts processes as ever.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from execnet import XSpec, gateway_bootstrap
from execnet.gateway_base import Popen2IO

if TYPE_CHECKING:
    from collections.abc import Callable

    from execnet import Gateway, Group

    from moonpool.forkserver.process import ForkedProcess

    # Returns a process that reads and writes there; None when there can be none.
    Fork = Callable[[int, int], ForkedProcess | None]

__all__ = ["fork_gateways"]

_GROUP = ("makegateway", "_register", "execmodel", "allocate_id")

# What pytest-xdist says of a local worker; with anything else another kind of process is meant.
_PLAIN = frozenset({"popen", "execmodel", "id", "env", "_spec"})


def fork_gateways(session: object, fork: Fork) -> None:
    """Let the workers that this DSession starts from now on be forked."""
    group: Any = getattr(getattr(session, "nodemanager", None), "group", None)
    if all(hasattr(group, name) for name in _GROUP):
        group.makegateway = partial(_make_gateway, group, fork, group.makegateway)


def _make_gateway(
    group: Group, fork: Fork, usual: Callable[[XSpec], Gateway], spec: XSpec
) -> Gateway:
    stdio = _ForkedIO.open(fork, group.execmodel) if _is_plain(spec) else None
    if stdio is None:
        return usual(spec)
    group.allocate_id(spec)
    gateway = gateway_bootstrap.bootstrap(stdio, spec)
    gateway.spec = spec
    group._register(gateway)
    return gateway


def _is_plain(spec: XSpec) -> bool:
    said = {name for name, value in vars(spec).items() if value}
    return bool(spec.popen) and not spec.env and said <= _PLAIN


class _ForkedIO(Popen2IO):
    """What execnet speaks through to a forked process; ``popen`` is that process."""

    def __init__(self, popen: ForkedProcess, to: int, back: int, execmodel: Any) -> None:
        super().__init__(os.fdopen(to, "wb"), os.fdopen(back, "rb"), execmodel)
        self.popen = popen

    @classmethod
    def open(cls, fork: Fork, execmodel: Any) -> _ForkedIO | None:
        """Have a process forked and connect to it; None when there can be none."""
        (stdin, to), (back, stdout) = os.pipe(), os.pipe()
        process = fork(stdin, stdout)
        os.close(stdin)
        os.close(stdout)
        if process is None:
            os.close(to)
            os.close(back)
            return None
        return cls(process, to, back, execmodel)

    def wait(self) -> int:
        """Wait for the end of the process."""
        return self.popen.wait()

    def kill(self) -> None:
        """End the process at once."""
        self.popen.kill()
