"""The `xdist_group` of each test, told to the controller beside the tests' names.

pytest-xdist's workers write the group into the node id, which pytest from 9.2 on no longer heeds
(pytest-xdist#1386), and which shows in reports, in `--last-failed` and in editors. Ours send it on
its own, ahead of what was collected, as the event that the controller passes to its scheduler.

Touched of pytest-xdist (3.6 and later): `WorkerInteractor.sendevent` and `option.loadgroup`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from moonpool.plugin.interactor import find_interactor

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Groups", "read_groups"]


class Groups:
    """The worker's plugin; with a pytest-xdist that it does not know it does nothing."""

    def __init__(self, config: pytest.Config) -> None:
        self._interactor = find_interactor(config, ("sendevent",))
        if self._interactor is not None:
            config.option.loadgroup = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Send the positions of each group's tests, by when every plugin has set its marks."""
        groups = defaultdict[str, list[int]](list)
        for position, item in enumerate(session.items):
            if name := _group(item):
                groups[name].append(position)
        if groups and self._interactor is not None:
            self._interactor.sendevent("unscheduled", indices=list(groups.items()))


def _group(item: pytest.Item) -> str:
    # Several marks, of a test, its class and its module, make one group, as with pytest-xdist.
    marks = item.iter_markers("xdist_group")
    names = {str(m.args[0] if m.args else m.kwargs.get("name", "default")) for m in marks}
    return "_".join(sorted(names))


def read_groups(sent: Sequence[tuple[str, list[int]]], collection: Sequence[str]) -> dict[str, str]:
    """Return the group of each node id that has one, from what `Groups` has sent."""
    return {collection[position]: f"@{name}" for name, tests in sent for position in tests}
