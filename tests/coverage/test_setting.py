"""Whether a project asks for coverage."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from moonpool.coverage import wanted
from tests.coverage.building import plant, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".coveragerc", ""),
        (".coveragerc.toml", ""),
        ("setup.cfg", "[coverage:run]\nbranch = true\n"),
        ("tox.ini", "[coverage:report]\nshow_missing = true\n"),
        ("pyproject.toml", "[tool.coverage.run]\nbranch = true\n"),
    ],
)
def test_a_project_with_a_coverage_configuration_asks_for_coverage(
    tmp_path: Path, name: str, text: str
) -> None:
    plant(tmp_path, {name: text})
    assert wanted(tmp_path, None, environ={})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("setup.cfg", "[metadata]\ndescription = coverage: what it is\n"),
        ("setup.cfg", "[coverage:run]\n"),
        ("tox.ini", "[testenv]\ncommands = coverage run -m pytest\n"),
        ("pyproject.toml", '[project]\ndependencies = ["coverage"]\n'),
        ("pyproject.toml", "[tool.coverage]\n"),
        ("README.md", "[tool.coverage.run]\n"),
    ],
)
def test_a_project_that_only_mentions_coverage_does_not(
    tmp_path: Path, name: str, text: str
) -> None:
    plant(tmp_path, {name: text})
    assert not wanted(tmp_path, None, environ={})


def test_the_setting_wins_over_the_files(tmp_path: Path) -> None:
    assert wanted(tmp_path, True, environ={})
    plant(tmp_path, {".coveragerc": ""})
    assert not wanted(tmp_path, False, environ={})


def test_a_configuration_named_by_the_environment_counts(tmp_path: Path) -> None:
    assert wanted(tmp_path, None, environ={"COVERAGE_RCFILE": "elsewhere.ini"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.coverage.run]\nbranch = \n"),
        ("setup.cfg", "[coverage:run]\nbranch\n  : [\n[[\n= 1\n"),
    ],
)
def test_a_damaged_file_counts_so_that_the_measurement_can_say_what_is_wrong(
    tmp_path: Path, name: str, text: str
) -> None:
    plant(tmp_path, {name: text})
    assert wanted(tmp_path, None, environ={})


def test_asking_does_not_import_coverage(tmp_path: Path) -> None:
    plant(tmp_path, {"pyproject.toml": "[tool.coverage.run]\nbranch = true\n"})
    code = """
        import sys
        from pathlib import Path
        from moonpool.coverage import wanted
        print(wanted(Path.cwd(), None), "coverage" in sys.modules, "sqlite3" in sys.modules)
    """
    assert run(["-c", dedent(code)], tmp_path).stdout == "True False False\n"
