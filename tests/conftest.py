"""Fixtures for all rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project import PytestProject

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> PytestProject:
    """An empty project outside any workspace."""
    root = tmp_path / "project"
    root.mkdir()
    project = PytestProject(root)
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    return project
