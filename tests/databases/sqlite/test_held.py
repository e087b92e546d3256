"""A held file is its owner's until the owner lets go, however that happens."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.sqlite.held import hold, is_held, peek

if TYPE_CHECKING:
    from pathlib import Path


def test_nobody_else_gets_a_file_that_is_held(tmp_path: Path) -> None:
    path = tmp_path / "it"
    first = hold(path)
    assert first is not None
    first.write(b"mine")

    assert is_held(path)
    assert hold(path) is None
    assert peek(path) == b"mine"

    first.close()
    assert not is_held(path)
    second = hold(path)
    assert second is not None
    assert second.read() == b"mine"
    second.write(b"x")
    assert second.read() == b"x"
    second.close()


def test_a_file_that_its_owner_removed_is_held_by_nobody(tmp_path: Path) -> None:
    held = hold(tmp_path / "it")
    assert held is not None
    held.remove()

    assert not is_held(tmp_path / "it")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_plain_file_is_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")

    assert [hold(path) for path in sorted(tmp_path.iterdir())] == [None, None, None]
    assert not (tmp_path / "elsewhere").exists()
    # Nothing proves that their owner is gone.
    assert is_held(tmp_path / "pipe")


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        hold(tmp_path / "no" / "it")
