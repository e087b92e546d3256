"""What one worker has been given and not yet finished."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moonpool.schedule.unit import Unit

__all__ = ["Load"]

# Tests sent beyond the running one. Whatever was sent still runs after `-x`, so it should be few;
# but a worker whose tests are shorter than a message's way must not wait for each of them, so a
# tenth of a second of work is always allowed.
_TESTS_AHEAD = 3
_MOST_TESTS_AHEAD = 200
_SECONDS_AHEAD = 0.1

# The weight of the newest test in the moving mean of seconds per test.
_NEWEST = 0.25


@dataclass
class Load:
    """One worker's tests: ``sent`` lie with the worker, ``unsent`` are bound to it as well.

    ``asks`` is set for a worker that says when it needs to know what comes after its last test.
    Any other worker does not begin its last test before it knows, as pytest-xdist's own loop.
    """

    asks: bool
    sent: deque[int] = field(default_factory=deque)
    unsent: deque[int] = field(default_factory=deque)
    hungry: bool = False
    retiring: bool = False
    ended: bool = False
    _seconds_per_test: float | None = None

    @property
    def tests(self) -> int:
        """The number of unfinished tests."""
        return len(self.sent) + len(self.unsent)

    @property
    def needs_unit(self) -> bool:
        """Whether the worker would stand still without another unit, or the word that it ends."""
        if self.unsent or self.ended:
            return False
        if self.asks:
            return self.hungry or not self.sent
        return len(self.sent) <= 1

    def ask(self) -> None:
        """Note that the worker ran out of tests.

        An answer may be on its way already: then more than the test that asks is still out.
        """
        self.hungry = self.asks and not self.unsent and len(self.sent) <= 1

    def bind(self, unit: Unit) -> None:
        """Give the worker a further unit."""
        self.unsent.extend(unit.tests)
        self.hungry = False

    def send(self) -> tuple[int, ...]:
        """Move the tests to send now from ``unsent`` to ``sent``; none while enough are out."""
        ahead = self._tests_ahead()
        if len(self.sent) > 1 + ahead // 2:
            return ()
        count = min(len(self.unsent), 1 + ahead - len(self.sent))
        chunk = tuple(self.unsent.popleft() for _ in range(count))
        self.sent.extend(chunk)
        return chunk

    def _tests_ahead(self) -> int:
        if self._seconds_per_test is None:
            return _TESTS_AHEAD
        quick = int(_SECONDS_AHEAD / max(self._seconds_per_test, 1e-6))
        return max(_TESTS_AHEAD, min(quick, _MOST_TESTS_AHEAD))

    def finish(self, test: int, seconds: float) -> None:
        """Strike a test off; a worker runs in the order in which it was sent."""
        if self.sent and self.sent[0] == test:
            self.sent.popleft()
        else:
            self.sent.remove(test)
        known = self._seconds_per_test
        self._seconds_per_test = seconds if known is None else known + _NEWEST * (seconds - known)
