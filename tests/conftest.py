"""Fixtures for all rooms."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.project import PytestProject

if TYPE_CHECKING:
    from pathlib import Path

# Containers set it to keep images small. Here every process that a test starts, several hundred
# of them, would compile the toolkit anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


# Nor is a machine that has other work to do a reason to fail.
settings.register_profile(
    "unhurried", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


@pytest.fixture
def project(tmp_path: Path) -> PytestProject:
    """An empty project outside any workspace."""
    root = tmp_path / "project"
    root.mkdir()
    project = PytestProject(root)
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    return project
