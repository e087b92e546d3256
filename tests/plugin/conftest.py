"""Fixtures for real runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plugin.shared_machine import SharedMachine, shared_machine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def machine(tmp_path: Path) -> SharedMachine:
    """A machine of four CPUs that the projects of one test share."""
    return shared_machine(tmp_path)
