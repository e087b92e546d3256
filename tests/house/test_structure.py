"""The shape of the house: small modules, named rooms, tests beside them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.support.moon import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

TOOLKIT = REPOSITORY / "toolkit" / "moonpool"
MODULES = sorted(TOOLKIT.rglob("*.py"))
PACKAGES = [path for path in MODULES if path.name == "__init__.py"]
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "base"}
MOST_LINES, MOST_FUNCTION_LINES = 300, 50


def _id(path: Path) -> str:
    return path.relative_to(TOOLKIT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_a_module_holds_one_concept(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES
    assert path.stem not in NAMELESS


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, functions)
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_a_module_says_what_it_is_responsible_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring
    assert len(docstring.splitlines()) <= 8


@pytest.mark.parametrize("path", PACKAGES, ids=_id)
def test_a_packages_front_holds_no_logic(path: Path) -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr)
    assert all(isinstance(node, allowed) for node in ast.parse(path.read_text()).body)


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_nothing_is_left_to_do(path: Path) -> None:
    text = path.read_text()
    for word in ("TODO", "FIXME", "XXX", "raise NotImplementedError"):
        assert word not in text


def test_every_room_has_its_tests() -> None:
    rooms = [path.parent.name for path in PACKAGES if path.parent.parent == TOOLKIT]
    missing = [room for room in rooms if not list((REPOSITORY / "tests" / room).glob("test_*.py"))]
    assert not missing


def test_design_notes_are_short() -> None:
    for note in (REPOSITORY / "docs" / "design").glob("*.md"):
        assert len(note.read_text().splitlines()) <= 200
