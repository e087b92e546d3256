"""The Cobertura report."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def document(reports: Path) -> ElementTree.Element:
    """The root of the report."""
    return ElementTree.parse(reports / "coverage.xml").getroot()


def test_it_has_the_structure_of_cobertura(document: ElementTree.Element) -> None:
    assert document.tag == "coverage"
    assert [child.tag for child in document] == ["sources", "packages"]
    assert [source.text for source in document.iterfind("sources/source")] == ["."]
    for package in document.iterfind("packages/package"):
        assert set(package.attrib) == {"name", "line-rate", "branch-rate", "complexity"}
        for entry in package.iterfind("classes/class"):
            assert [child.tag for child in entry] == ["methods", "lines"]
            assert entry.get("filename", "").startswith(package.get("name", "").replace(".", "/"))


def test_its_sums_are_those_of_its_lines(document: ElementTree.Element) -> None:
    lines = list(document.iterfind("packages/package/classes/class/lines/line"))
    covered = [line for line in lines if line.get("hits") != "0"]
    assert document.get("lines-valid") == str(len(lines)) == "17"
    assert document.get("lines-covered") == str(len(covered)) == "13"
    assert document.get("line-rate") == "0.7647"
    assert document.get("branches-valid") == "4"
    assert document.get("branches-covered") == "3"
    assert document.get("branch-rate") == "0.75"


def test_files_have_the_workspaces_names_and_their_own_projects_rules(
    document: ElementTree.Element,
) -> None:
    lines = {
        entry.get("filename"): [line.get("number") for line in entry.iterfind("lines/line")]
        for entry in document.iterfind("packages/package/classes/class")
    }
    assert lines == {
        # `assert_never` is excluded in core, `if number < 0:` in web; neither in the other.
        "core/src/core/__init__.py": ["1", "2", "3", "4", "5", "6", "8", "9", "10"],
        "core/src/core/never.py": ["1", "2"],
        "web/src/web/__init__.py": ["1", "2", "4", "5", "7", "10"],
    }


def test_a_partial_branch_is_the_projects_to_excuse(document: ElementTree.Element) -> None:
    found = document.find(".//class[@filename='core/src/core/__init__.py']/lines/line[@number='4']")
    assert found is not None
    assert found.get("condition-coverage") == "100% (2/2)"
