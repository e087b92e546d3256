"""pytest-xdist's scheduler protocol, over the decisions of `moonpool.schedule`.

Here events of nodes become events of workers, what was decided is sent, and collections that differ
between nodes are reported.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from xdist.report import report_collection_diff  # type: ignore[import-untyped]

from moonpool.plugin.groups import read_groups
from moonpool.plugin.renumbering import renumber
from moonpool.schedule import Dispatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

    from moonpool.plugin.arrangement import Arrangement
    from moonpool.plugin.renumbering import Renumbering
    from moonpool.schedule import Unit

__all__ = ["FileScheduler"]


class FileScheduler:
    """Files whole and in order on one worker, started as arranged, bound no sooner than needed."""

    def __init__(self, config: pytest.Config, arrangement: Arrangement) -> None:
        self._config = config
        self._arrangement = arrangement
        self._expected_nodes = _count_nodes(config.getoption("tx"))
        # A node that has not collected yet has no collection.
        self._nodes: dict[WorkerController, Sequence[str] | None] = {}
        self._asking: set[WorkerController] = set()
        self._groups: dict[WorkerController, Sequence[tuple[str, list[int]]]] = {}
        self._dispatch: Dispatch[WorkerController] | None = None
        self._renumbered: dict[WorkerController, Renumbering] = {}
        self._reported: dict[WorkerController, str] = {}
        self._collection: Sequence[str] = ()
        self._collected_by = ""

    # What moonpool asks, to let a run grow and shrink.

    @property
    def live_nodes(self) -> list[WorkerController]:
        """The nodes that have not been told to end; those that still start are among them."""
        return [node for node in self._nodes if not _is_ending(node)]

    @property
    def has_begun(self) -> bool:
        """Whether the collection is complete, so that files are handed out."""
        return self._dispatch is not None

    @property
    def has_takers(self) -> bool:
        """Whether a worker is there, or on its way, that will take further files."""
        return any(not self.is_retiring(node) for node in self._nodes)

    @property
    def unbound_units(self) -> tuple[Unit, ...]:
        """What no node has yet, next one first; nothing before the collection is complete."""
        return () if self._dispatch is None else self._dispatch.unbound

    @property
    def unbound_seconds(self) -> float:
        """The predicted seconds of `unbound_units`."""
        return 0.0 if self._dispatch is None else self._dispatch.unbound_seconds

    def retire(self, node: WorkerController) -> bool:
        """Let a node end after the file that it runs; False when it is still needed.

        A node is needed when nobody else would run what is left, and until the first collection
        is complete.
        """
        if self._dispatch is None:
            return False
        if node not in self._dispatch:
            node.shutdown()
            return True
        accepted = self._dispatch.retire(node)
        self._serve(node)
        return accepted

    def note_reported(self, node: WorkerController, test: str) -> None:
        """Note that all that a node has to say of a test has come."""
        self._reported[node] = test

    def is_retiring(self, node: WorkerController) -> bool:
        """Whether the node gets no further file."""
        if self._dispatch is not None and node in self._dispatch:
            return self._dispatch.is_retiring(node) or _is_ending(node)
        return _is_ending(node)

    # The protocol of pytest-xdist (`xdist.scheduler.protocol.Scheduling`).

    @property
    def nodes(self) -> list[WorkerController]:
        """All nodes that were added and not removed."""
        return list(self._nodes)

    @property
    def collection_is_completed(self) -> bool:
        """Whether as many nodes have collected as the run began with."""
        if self._dispatch is not None:
            return True
        collected = sum(collection is not None for collection in self._nodes.values())
        return collected >= self._expected_nodes

    @property
    def tests_finished(self) -> bool:
        """Whether nodes may be told to end: nothing is left beyond the last test of each."""
        return self._dispatch is not None and self._dispatch.is_nearly_done

    @property
    def has_pending(self) -> bool:
        """Whether a test is left that has not finished."""
        return self._dispatch is not None and self._dispatch.has_unfinished

    @property
    def pending(self) -> list[int]:
        """The positions of the tests that no node has yet."""
        return [test for unit in self.unbound_units for test in unit.tests]

    def add_node(self, node: WorkerController) -> None:
        """Take in a node that has started; it goes on to collect."""
        assert node not in self._nodes
        self._nodes[node] = None

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        """Take in what a node has collected; a late node must have what the others had."""
        assert node in self._nodes
        if self._dispatch is None or self._matches(node, collection):
            self._nodes[node] = collection
        else:
            node.shutdown()

    def schedule(self) -> None:
        """Hand out tests to all nodes that have collected; called whenever one more has."""
        if self._dispatch is None:
            self._dispatch = Dispatch(self._order())
        for node, collection in self._nodes.items():
            if collection is not None and node not in self._dispatch:
                # Only the first one is ever looked at again, and it is kept apart.
                self._nodes[node] = ()
                self._dispatch.join(node, asks=node in self._asking)
                self._serve(node)

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        """Note that a node has finished a test, and give it more if it is due."""
        assert self._dispatch is not None
        if node in self._renumbered:
            item_index = self._renumbered[node].inward[item_index]
        self._dispatch.finish(node, item_index, duration)
        self._serve(node)

    def remove_pending_tests_from_node(
        self, node: WorkerController, indices: Sequence[tuple[str, list[int]]]
    ) -> None:
        """Take a node's word that it has no test after the one that it runs (see `lazy_loop`).

        The event is that of a `steal` command, which we never send; so ``indices`` is empty, or
        holds the groups of the tests (see `groups`). These, and the first question, which only says
        that the node asks at all, come ahead of the node's collection.
        """
        if indices:
            if self._dispatch is None:
                self._groups[node] = indices
            return
        self._asking.add(node)
        if self._dispatch is not None and node in self._dispatch:
            self._dispatch.ask(node)
            self._serve(node)

    def mark_test_pending(self, item: str) -> None:
        """Let a test run again, before all others: a plugin's answer to a crash."""
        assert self._dispatch is not None
        self._dispatch.restore(self._collection.index(item))
        for node in self._nodes:
            if node in self._dispatch:
                self._serve(node)

    def remove_node(self, node: WorkerController) -> str | None:
        """Drop a node that ended or crashed; return the test that it was running, if it was.

        One that died between two tests, the last of which was reported whole, ran none.
        """
        del self._nodes[node]
        self._asking.discard(node)
        self._renumbered.pop(node, None)
        if self._dispatch is None or node not in self._dispatch:
            return None
        running, reported = self._dispatch.leave(node), self._reported.pop(node, None)
        test = None if running is None else self._collection[running]
        return None if test == reported else test

    def _serve(self, node: WorkerController) -> None:
        assert self._dispatch is not None
        if _is_ending(node):
            return
        step = self._dispatch.decide(node)
        if tests := step.tests:
            if node in self._renumbered:
                tests = tuple(self._renumbered[node].outward[test] for test in tests)
            # The channel of a crashed node is closed before its end is reported to us.
            with contextlib.suppress(OSError):
                node.send_runtest_some(list(tests))
        if step.end:
            node.shutdown()

    def _order(self) -> tuple[Unit, ...]:
        collected = {node: found for node, found in self._nodes.items() if found is not None}
        first = next(iter(collected))
        self._collection, self._collected_by = collected[first], first.gateway.id
        # Every differing node is to be reported, not only the first one.
        differing = [node for node, found in collected.items() if not self._matches(node, found)]
        if differing:
            return ()
        groups = read_groups(self._groups.get(first, ()), self._collection)
        self._groups.clear()
        arrangement = self._arrangement.keeping(groups) if groups else self._arrangement
        return arrangement.arrange(self._collection, self._config)

    def _matches(self, node: WorkerController, collection: Sequence[str]) -> bool:
        if collection == self._collection:
            return True
        if renumbering := renumber(self._collection, collection):
            self._renumbered[node] = renumbering
            return True
        message = report_collection_diff(
            self._collection, collection, self._collected_by, node.gateway.id
        )
        report = pytest.CollectReport(
            nodeid=node.gateway.id, outcome="failed", longrepr=message, result=[]
        )
        self._config.hook.pytest_collectreport(report=report)
        return False


def _is_ending(node: WorkerController) -> bool:
    # Our own word to end, that of pytest-xdist's session, or a crash.
    return bool(node.shutting_down)


def _count_nodes(specifications: Sequence[str]) -> int:
    # Each is `popen`, `4*popen` and the like; pytest-xdist's own parser had another name in 3.6.
    counts = (text.partition("*")[0] for text in specifications)
    return sum(int(count) if count.isdigit() else 1 for count in counts)
