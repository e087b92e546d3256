"""A pytest plugin that writes down which test ran in which process, or runs tests in such an order.

`REPLAY_RECORD` names a folder for one file per process that ran tests; `REPLAY_ORDER` names such a
file, whose tests run in its order, and no others.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Write the test's name down."""
    folder = os.environ.get("REPLAY_RECORD")
    if folder:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        with Path(folder, f"{os.getpid():08}-{worker}").open("a") as record:
            record.write(json.dumps(item.nodeid) + "\n")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Choose and order the tests as they were written down."""
    file = os.environ.get("REPLAY_ORDER")
    if file:
        known = {item.nodeid: item for item in items}
        items[:] = [known[json.loads(line)] for line in Path(file).read_text().splitlines()]
