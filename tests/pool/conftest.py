"""A pool of four CPUs in a folder of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.pool import Pool, open_pool
from tests.pool.controllers import CAPACITY, KEY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The folder that `MOONPOOL_POOL_DIR` names."""
    return tmp_path / "pools"


@pytest.fixture
def pool(base: Path) -> Pool:
    """An empty pool."""
    return open_pool(CAPACITY, KEY, environ={"MOONPOOL_POOL_DIR": str(base)})
