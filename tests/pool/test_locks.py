from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from moonpool.pool.locks import locks_work, opened, try_lock, unlock

if TYPE_CHECKING:
    from pathlib import Path

needs_links = pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="no O_NOFOLLOW here")
needs_fifos = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")


def test_a_lock_keeps_others_out_until_it_is_let_go(tmp_path: Path) -> None:
    path, flags = tmp_path / "file", os.O_RDWR | os.O_CREAT
    with opened(path, flags) as first, opened(path, flags) as second:
        assert try_lock(first)
        assert not try_lock(second)
        unlock(first)
        assert try_lock(second)


def test_a_closed_file_is_unlocked(tmp_path: Path) -> None:
    path, flags = tmp_path / "file", os.O_RDWR | os.O_CREAT
    with opened(path, flags) as first:
        assert try_lock(first)
    with opened(path, flags) as second:
        assert try_lock(second)


def test_locks_work_here_also_while_somebody_has_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert locks_work(path)
    with opened(path, os.O_RDWR) as descriptor:
        assert try_lock(descriptor)
        assert locks_work(path)


def test_files_are_not_inherited(tmp_path: Path) -> None:
    with opened(tmp_path / "file", os.O_RDWR | os.O_CREAT) as descriptor:
        assert not os.get_inheritable(descriptor)


@needs_links
def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "victim")
    with (
        pytest.raises(OSError, match="symbolic"),
        opened(tmp_path / "link", os.O_RDWR | os.O_CREAT),
    ):
        pass
    assert not (tmp_path / "victim").exists()


@needs_fifos
def test_a_fifo_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with opened(tmp_path / "fifo", os.O_RDONLY) as descriptor:
        assert os.read(descriptor, 1) == b""
