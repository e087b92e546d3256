from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.run import find_test_files

if TYPE_CHECKING:
    from pathlib import Path

PATTERNS = ("test_*.py", "*_test.py")
IGNORED = (".*", "build", "venv", "*.egg-info")


def _write(root: Path, path: str, text: str = "def test_it(): ...\n") -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _find(root: Path, *roots: Path) -> dict[str, int]:
    found = find_test_files(
        roots or [root], patterns=PATTERNS, ignored_folders=IGNORED, relative_to=root
    )
    return {name: file.tests for name, file in found.items()}


def test_files_are_known_by_their_content(tmp_path: Path) -> None:
    _write(tmp_path, "test_a.py")
    _write(tmp_path, "test_b.py")
    _write(tmp_path, "test_c.py", "def test_another(): ...\n")
    found = find_test_files(
        [tmp_path], patterns=PATTERNS, ignored_folders=IGNORED, relative_to=tmp_path
    )
    assert found["test_a.py"] == found["test_b.py"] != found["test_c.py"]
    assert found["test_a.py"].content


def test_test_functions_and_methods_are_counted(tmp_path: Path) -> None:
    text = (
        "def test_a(): ...\n"
        "async def test_b(): ...\n"
        "class TestC:\n    def test_c(self): ...\n"
        "def helper(): ...\n"
    )
    _write(tmp_path, "tests/test_x.py", text)
    assert _find(tmp_path) == {"tests/test_x.py": 3}


def test_only_files_that_match_the_patterns_are_found(tmp_path: Path) -> None:
    for name in ("test_a.py", "b_test.py", "helpers.py", "conftest.py", "test_data.json"):
        _write(tmp_path, f"tests/{name}")
    assert sorted(_find(tmp_path)) == ["tests/b_test.py", "tests/test_a.py"]


def test_folders_that_pytest_skips_are_skipped(tmp_path: Path) -> None:
    for folder in (".hidden", "build", "__pycache__", "x.egg-info", "env"):
        _write(tmp_path, f"{folder}/test_a.py")
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    _write(tmp_path, "sub/test_b.py")
    assert list(_find(tmp_path)) == ["sub/test_b.py"]


def test_a_file_that_is_named_counts_whatever_its_name(tmp_path: Path) -> None:
    _write(tmp_path, "checks.py")
    assert _find(tmp_path, tmp_path / "checks.py") == {"checks.py": 1}


def test_a_file_reached_twice_counts_once(tmp_path: Path) -> None:
    _write(tmp_path, "tests/test_a.py")
    assert _find(tmp_path, tmp_path / "tests", tmp_path / "tests" / "test_a.py") == {
        "tests/test_a.py": 1
    }


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert _find(tmp_path, tmp_path / "gone") == {}
