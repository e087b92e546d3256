"""A unit: tests that one worker runs together and in order, most often those of one file."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Unit", "file_of", "form_units", "group_of", "scope_of"]

# What pytest itself spends on a test that does nothing (measured: 0.4 ms), so that no unit is ever
# predicted to cost nothing.
_SECONDS_OF_AN_EMPTY_TEST = 0.0004


class Unit(NamedTuple):
    """Tests, as positions in the collection, that stay together; ``seconds`` is the prediction."""

    name: str
    tests: tuple[int, ...]
    seconds: float

    def only(self, tests: tuple[int, ...]) -> Unit:
        """Return the unit with some of its tests, and their share of its seconds."""
        return Unit(self.name, tests, self.seconds * len(tests) / len(self.tests))


def file_of(node_id: str) -> str:
    """Return the test file that a node id names."""
    return node_id.partition("::")[0]


def scope_of(node_id: str) -> str:
    """Return the class that a node id names, else its file: what `--dist loadscope` keeps."""
    return node_id.rpartition("::")[0] or node_id


def group_of(node_id: str) -> str:
    """Return the group that a node id names, with its `@`, else its file.

    For `--dist loadgroup` pytest-xdist's workers append `@` and the name of a test's
    `xdist_group` to its node id, and its own scheduler reads it as is done here.
    """
    at = node_id.rfind("@")
    return node_id[at:] if at > node_id.rfind("]") else file_of(node_id)


def form_units(
    collection: Sequence[str],
    *,
    file_seconds: Mapping[str, float],
    seconds_per_test: float,
    file_tests: Mapping[str, int] | None = None,
    unit_of: Callable[[str], str] = file_of,
) -> tuple[Unit, ...]:
    """Group the collected node ids into units, in the order in which they were collected.

    A file that ``file_seconds`` knows spreads its seconds evenly over the tests that it had then
    (``file_tests``, else those collected now): of a selection, or when tests were added, it counts
    as that many. A test of any other file counts as ``seconds_per_test``.
    """
    counts = Counter(map(file_of, collection))
    tests_then = {**counts, **(file_tests or {})}
    per_test = {
        name: file_seconds[name] / max(1, tests_then[name])
        if name in file_seconds
        else seconds_per_test
        for name in counts
    }
    tests: dict[str, list[int]] = {}
    seconds: defaultdict[str, float] = defaultdict(float)
    for index, node_id in enumerate(collection):
        name = unit_of(node_id)
        tests.setdefault(name, []).append(index)
        seconds[name] += max(_SECONDS_OF_AN_EMPTY_TEST, per_test[file_of(node_id)])
    return tuple(Unit(name, tuple(indices), seconds[name]) for name, indices in tests.items())
