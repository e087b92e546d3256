"""The units of a run in the order in which they start: from predictions, or as the user asked."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from moonpool.schedule import file_of, form_units, longest_first, split_units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pytest

    from moonpool.schedule import Unit

__all__ = ["Arrangement"]


class Arrangement(NamedTuple):
    """Predicted seconds by file, for a test of any other file, and what a node id belongs to.

    ``file_tests`` are the tests with which a file takes its seconds; those with the node ids in
    ``elsewhere`` are not for the workers, of which ``workers`` are meant to share the others.
    ``splits`` allows files to be cut. Files are named as in node ids: relative to pytest's root,
    with forward slashes.
    """

    file_seconds: Mapping[str, float]
    seconds_per_test: float
    file_tests: Mapping[str, int] = MappingProxyType({})
    elsewhere: frozenset[str] = frozenset()
    workers: int = 1
    unit_of: Callable[[str], str] = file_of
    splits: bool = False

    def arrange(self, collection: Sequence[str], config: pytest.Config) -> tuple[Unit, ...]:
        """Return the units of the collected node ids, the first to start first."""
        units = form_units(
            collection,
            file_seconds=self.file_seconds,
            seconds_per_test=self.seconds_per_test,
            file_tests=self.file_tests,
            unit_of=self.unit_of,
        )
        if self.elsewhere:
            units = tuple(self._without_those_elsewhere(units, collection))
        if self.splits:
            units = split_units(units, collection, self.workers)
        if _keeps_order(config):
            return units
        failed = _failed_last_time(config)
        return longest_first(units, frozenset(_leading(units, collection, failed)))

    def keeping(self, groups: Mapping[str, str]) -> Arrangement:
        """Return the same for tests of which some, by node id, are to stay with their group."""
        return self._replace(unit_of=lambda node_id: groups.get(node_id) or file_of(node_id))

    def _without_those_elsewhere(
        self, units: Iterable[Unit], collection: Sequence[str]
    ) -> Iterator[Unit]:
        for unit in units:
            tests = tuple(test for test in unit.tests if collection[test] not in self.elsewhere)
            if tests:
                yield unit.only(tests)


def _keeps_order(config: pytest.Config) -> bool:
    # `--no-loadscope-reorder` and `--new-first` are words about the order of files.
    reorders = config.getoption("loadscopereorder", True)
    return not reorders or bool(config.getoption("newfirst", False))


def _failed_last_time(config: pytest.Config) -> frozenset[str]:
    # Inside a file `--failed-first` has put these tests first when the workers collected.
    if not config.getoption("failedfirst", False):
        return frozenset()
    assert config.cache is not None
    return frozenset(config.cache.get("cache/lastfailed", {}))


def _leading(
    units: Iterable[Unit], collection: Sequence[str], failed: frozenset[str]
) -> Iterator[str]:
    for unit in units:
        # A file that could not be imported is noted by its own name.
        if unit.name in failed or any(collection[test] in failed for test in unit.tests):
            yield unit.name
