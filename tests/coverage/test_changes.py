"""Changed lines, from a real git history."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.changes import changed_lines
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path

_AUTHOR = ("-c", "user.name=tests", "-c", "user.email=tests@example.org")
_MOVED = """\
def long_enough_to_be_recognised(first_argument, second_argument):
    third_argument = first_argument + second_argument
    return third_argument
"""


@dataclass(frozen=True)
class Repository:
    """A git repository with one commit on `main`."""

    root: Path

    def git(self, *words: str) -> None:
        command = ["git", *_AUTHOR, *words]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def commit(self, **files: str) -> None:
        for name, text in files.items():
            (self.root / f"{name}.py").write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "state")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "repository")
    repository.root.mkdir()
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.commit(old="a = 1\nb = 2\nc = 3\n", functions=f"{_MOVED}\nx = 1\n")
    repository.git("switch", "--quiet", "-c", "work")
    return repository


def test_committed_and_uncommitted_lines_count_and_files_that_git_does_not_know(
    repository: Repository,
) -> None:
    repository.commit(old="a = 1\nb = 20\nc = 3\n")
    (repository.root / "old.py").write_text("a = 1\nb = 20\nc = 3\n\nd = 4\n")
    (repository.root / "new.py").write_text("n = 1\n")
    found = changed_lines(repository.root, "main")
    assert found == {"old.py": frozenset({2, 5}), "new.py": frozenset({1, 2})}


def test_a_renamed_file_has_the_lines_that_were_edited(repository: Repository) -> None:
    repository.git("mv", "functions.py", "renamed.py")
    repository.commit(renamed=f"{_MOVED}\nx = 2\n")
    assert changed_lines(repository.root, "main") == {"renamed.py": frozenset({5})}


def test_a_moved_function_did_not_change_whatever_its_indentation(repository: Repository) -> None:
    inside = "".join(f"    {line}\n" for line in _MOVED.splitlines())
    repository.commit(functions="x = 1\n", old=f"a = 1\nb = 2\nc = 3\nclass New:\n{inside}")
    assert changed_lines(repository.root, "main") == {"old.py": frozenset({4})}


def test_what_a_merge_brings_in_is_not_ours(repository: Repository) -> None:
    repository.commit(mine="m = 1\n")
    repository.git("switch", "--quiet", "main")
    repository.commit(theirs="t = 1\n", old="a = 10\nb = 2\nc = 3\n")
    repository.git("switch", "--quiet", "work")
    repository.git("merge", "--quiet", "--no-edit", "main")
    assert changed_lines(repository.root, "main") == {"mine.py": frozenset({1})}
    # The base moves on, and what it has now does not become ours.
    repository.git("switch", "--quiet", "main")
    repository.commit(theirs="t = 2\n")
    repository.git("switch", "--quiet", "work")
    assert changed_lines(repository.root, "main") == {"mine.py": frozenset({1})}


def test_a_users_settings_of_git_change_nothing(repository: Repository) -> None:
    for key, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "color.diff.new": "magenta",
        "color.ui": "never",
        "diff.colorMoved": "no",
        "diff.external": "false",
        "core.pager": "false",
    }.items():
        repository.git("config", key, value)
    repository.commit(**{"für alle": "a = 1\n"})
    assert changed_lines(repository.root, "main") == {"für alle.py": frozenset({1})}


def test_a_workspace_below_the_repositorys_root_has_its_own_names(repository: Repository) -> None:
    below = repository.root / "below"
    below.mkdir()
    (below / "here.py").write_text("a = 1\n")
    repository.commit(old="")
    assert changed_lines(below, "main") == {"here.py": frozenset({1})}


def test_a_base_that_git_does_not_know_is_refused(repository: Repository) -> None:
    with pytest.raises(MoonpoolError) as caught:
        changed_lines(repository.root, "origin/main")
    assert caught.value.message == f"found no commit `origin/main` in `{repository.root}`"
    assert caught.value.hint == "run `git fetch origin`, or name another base than `origin/main`"
    assert caught.value.exit_code == ExitCode.COVERAGE


def test_a_base_without_common_history_is_refused(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--orphan", "island")
    repository.commit(island="i = 1\n")
    with pytest.raises(MoonpoolError) as caught:
        changed_lines(repository.root, "main")
    assert caught.value.message == "found no common history of `main` and `HEAD`"
    assert "fetch-depth: 0" in caught.value.hint
