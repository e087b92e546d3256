"""The item after the running one, which need not be known before a teardown looks at it.

pytest hands `nextitem` to the protocol of each test, but only uses it to decide which fixtures
outlive the test. A worker that had to know it earlier would hold a file while it runs another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

__all__ = ["Successor"]


class Successor:
    """Behaves as the next item; the first look at it calls ``find``, which may wait.

    When no item follows it is false and otherwise behaves as the session: a node that is in no
    file and no class, so that a plugin which compares the two sees a boundary.
    """

    def __init__(self, find: Callable[[], pytest.Item | None], session: pytest.Session) -> None:
        self._moonpool_find = find
        self._moonpool_session = session
        self._moonpool_found: list[pytest.Item | None] = []

    def __bool__(self) -> bool:
        return known(self) is not None

    def __getattr__(self, name: str) -> Any:
        return getattr(known(self) or self._moonpool_session, name)

    @property  # type: ignore[misc]  # isinstance() looks at the attribute if the type does not fit.
    def __class__(self) -> type:
        return type(known(self) or self._moonpool_session)

    def __eq__(self, other: object) -> bool:
        return self is other or known(self) == other

    def __hash__(self) -> int:
        return hash(known(self))

    def __repr__(self) -> str:
        # Tracing prints the arguments of every hook; that must not decide anything.
        found = self._moonpool_found
        return f"<successor {found[0]!r}>" if found else "<successor, not known yet>"


def known(successor: Successor) -> pytest.Item | None:
    """Return the item that follows, or None; find it if that has not happened yet."""
    found: list[pytest.Item | None] = successor._moonpool_found
    if not found:
        found.append(successor._moonpool_find())
    return found[0]
