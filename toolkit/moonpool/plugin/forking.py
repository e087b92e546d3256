"""Whether a run's workers are forked from a copy of the controller, and the copy itself.

Most of a worker's start goes into imports that the controller has made as well. The copy is of the
controller before any conftest, and before it has opened what workers must not share.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import pytest

from moonpool.forkserver import hindrance
from moonpool.plugin import process
from moonpool.plugin.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moonpool.config import Settings
    from moonpool.forkserver.client import ForkServer
    from moonpool.forkserver.process import ForkedProcess
    from moonpool.plugin.measuring import RunCoverage

__all__ = ["ForkedWorkers", "StartMethod"]

# What every worker imports beyond pytest and its plugins.
_PRELOADED = ("runpy", "execnet.gateway_base", "moonpool.plugin.worker", "moonpool.plugin.usage")

# What a plugin imports late, and yet in every process: for its line at the end.
_LATE_IMPORTS = {"_hypothesis_pytestplugin": "hypothesis"}


class StartMethod(NamedTuple):
    """How the workers of a run start: forked from a copy of this process, or anew for a ``reason``.

    ``spared_seconds`` is the CPU time that this process has used and no forked worker has to.
    """

    coverage: RunCoverage | None
    preload: tuple[str, ...]
    reason: str | None
    spared_seconds: float

    @classmethod
    def find(cls, settings: Settings, coverage: RunCoverage | None) -> StartMethod:
        """Return how workers can start that are copies of this process as it is now."""
        reason = _hindrance(coverage) if settings.forks else "`start-method` is `spawn`"
        spared_seconds = 0.0 if reason else time.process_time()
        return cls(coverage, settings.preload, reason, spared_seconds)

    @property
    def facts(self) -> dict[str, str]:
        """What the journal notes, in the words of `multiprocessing`."""
        if self.reason is None:
            return {"start_method": "forkserver"}
        return {"start_method": "spawn", "spawn_reason": self.reason}

    def begin(self, config: pytest.Config, *, at_once: bool) -> StartMethod:
        """Copy this process, for workers ``at_once`` or later ones; return what came of it."""
        if self.reason is not None:
            return self
        from moonpool.forkserver.client import ForkServer

        forget, preload = partial(_forget, self.coverage), partial(_preload, self.preload)
        try:
            server = ForkServer.start(forget, preload, at_once=at_once)
        except OSError as error:
            reason = f"this process cannot be copied: {error.strerror}"
            return self._replace(reason=reason, spared_seconds=0.0)
        workers = ForkedWorkers(server)
        config.add_cleanup(workers.close)
        config.pluginmanager.register(workers)
        return self


class ForkedWorkers:
    """The plugin that has local workers forked from a server, and ends that with the run."""

    def __init__(self, server: ForkServer) -> None:
        self._server: ForkServer | None = server

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_xdist_setupnodes(self, config: pytest.Config) -> None:
        """Take the place of execnet's way to start a process, in this session."""
        from moonpool.plugin.forked_gateways import fork_gateways

        fork_gateways(config.pluginmanager.get_plugin("dsession"), self._fork)

    def _fork(self, stdin: int, stdout: int) -> ForkedProcess | None:
        if self._server is None:
            return None
        try:
            return self._server.spawn(stdin, stdout)
        except OSError:
            self.close()
            return None

    def close(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.close()
            self._server = None


def _hindrance(coverage: RunCoverage | None) -> str | None:
    if coverage is None:
        return hindrance()
    measurement = coverage.measurement
    if measurement is not None and measurement.follows_forks:
        return "coverage.py measures forks by itself (`patch = fork`)"
    return hindrance((coverage.scratch.lock.fileno(),), measured=measurement is not None)


def _forget(coverage: RunCoverage | None) -> None:
    """Let go, in the copy, of what is the controller's alone."""
    process.die_with_parent()
    if coverage is not None:
        coverage.forget()


def _preload(names: Iterable[str]) -> None:
    late = (name for plugin, name in _LATE_IMPORTS.items() if plugin in sys.modules)
    for name in (*_PRELOADED, *late, *names):
        try:
            import_module(name)
        except ImportError as error:
            say([f"`preload` names `{name}`: {error}"])
    # pytest's own, with the controller's configuration; each worker puts in its own.
    sys.meta_path[:] = [finder for finder in sys.meta_path if not _rewrites(finder)]


def _rewrites(finder: object) -> bool:
    return type(finder).__module__ == "_pytest.assertion.rewrite"
