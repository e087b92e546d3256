"""The units of a run in the order in which they start: from predictions, or as the user asked."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from moonpool.schedule import file_of, form_units, longest_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pytest

    from moonpool.schedule import Unit

__all__ = ["Arrangement"]


class Arrangement(NamedTuple):
    """Predicted seconds by file, for a test of any other file, and what a node id belongs to.

    ``file_tests`` are the tests with which a file takes its seconds; those with the node ids in
    ``elsewhere`` are not for the workers. Files are named as in node
    ids: relative to pytest's root, with forward slashes.
    """

    file_seconds: Mapping[str, float]
    seconds_per_test: float
    file_tests: Mapping[str, int] = MappingProxyType({})
    elsewhere: frozenset[str] = frozenset()
    unit_of: Callable[[str], str] = file_of

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
        if _keeps_order(config):
            return units
        return longest_first(units, frozenset(map(self.unit_of, _failed_last_time(config))))

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


def _failed_last_time(config: pytest.Config) -> Sequence[str]:
    # Inside a file `--failed-first` has put these tests first when the workers collected.
    if not config.getoption("failedfirst", False):
        return ()
    assert config.cache is not None
    return tuple(config.cache.get("cache/lastfailed", {}))
