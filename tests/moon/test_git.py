from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from moonpool.moon.git import has_commit, missing_ignore_line
from moonpool.moon.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", [".moonpool/", "a\n.moonpool\nb\n", "**/.moonpool/\n"])
def test_an_ignored_folder_needs_no_line(text: str) -> None:
    assert missing_ignore_line(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ".moonpool/\n"),
        ("a\n", ".moonpool/\n"),
        ("a", "\n.moonpool/\n"),
        ("#.moonpool/\n", ".moonpool/\n"),
    ],
)
def test_a_missing_line_is_one_line_of_its_own(text: str, line: str) -> None:
    assert missing_ignore_line(text) == line


def test_a_repository_without_a_commit_is_noticed(tmp_path: Path) -> None:
    assert has_commit(Workspace(tmp_path))
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    assert not has_commit(Workspace(tmp_path))
    author = ["-c", "user.name=tests", "-c", "user.email=tests@example.org"]
    commit = ["git", *author, "commit", "--quiet", "--allow-empty", "-m", "state"]
    subprocess.run(commit, cwd=tmp_path, check=True)
    assert has_commit(Workspace(tmp_path))
