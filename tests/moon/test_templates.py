from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from moonpool.errors import ExitCode, MoonpoolError
from moonpool.moon.templates import task_templates, templates_folder
from tests.support.moon import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path


def test_the_sources_hold_the_templates_beside_the_toolkit() -> None:
    assert templates_folder() == REPOSITORY / "templates"


def test_an_installation_holds_them_in_the_package(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "moonpool"
    for name in ("pytest", "workspace"):
        (package / "templates" / name).mkdir(parents=True)
        (package / "templates" / name / "tasks.yml").touch()
    assert templates_folder(package) == package / "templates"


def test_an_installation_without_templates_says_so(tmp_path: Path) -> None:
    package = tmp_path / "lib" / "moonpool"
    with pytest.raises(MoonpoolError) as raised:
        templates_folder(package)
    assert raised.value.message == (
        f"found no templates beside `{package}`, expected `{package / 'templates'}`"
    )
    assert raised.value.hint == "run `python -m pip install --force-reinstall moonpool`"
    assert raised.value.slug == "templates-missing"
    assert raised.value.exit_code is ExitCode.TEMPLATES


def test_each_file_names_the_tag_that_we_name() -> None:
    for template in task_templates(templates_folder()):
        assert yaml.safe_load(template.body)["inheritedBy"]["tags"] == [template.tag]
