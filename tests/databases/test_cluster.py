"""A server's folder is private, locked by its starter, and nobody's after it."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.account import server_account
from moonpool.databases.cluster import list_leftovers, make_folder, remove_leftovers
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path

_UIDS = {os.getuid(), server_account().uid}


def test_a_folder_is_open_to_the_servers_user_only(place: Path) -> None:
    folder = make_folder(server_account(), bases=[place])

    status = folder.path.stat()
    assert stat.S_IMODE(status.st_mode) == 0o700
    assert status.st_uid == server_account().uid
    folder.remove()
    folder.remove()
    assert list(place.iterdir()) == []


def test_the_folder_of_a_living_starter_is_no_leftover(place: Path) -> None:
    folder = make_folder(server_account(), bases=[place])

    assert remove_leftovers(uids=_UIDS, bases=[place]) == []
    assert folder.path.is_dir()
    folder.remove()


def test_a_folder_whose_lock_is_free_is_removed(place: Path) -> None:
    folder = make_folder(server_account(), bases=[place])
    (folder.path / "data").mkdir()
    os.close(folder.lock)

    assert list_leftovers(uids=_UIDS, bases=[place]) == [folder.path]
    assert remove_leftovers(uids=_UIDS, bases=[place]) == [folder.path]
    assert not folder.path.exists()


def test_a_folder_without_a_lock_is_left_until_it_is_old(place: Path) -> None:
    path = place / "moonpool-pg-young"
    path.mkdir()
    assert list_leftovers(uids=_UIDS, bases=[place]) == []

    os.utime(path, (0, 0))
    assert list_leftovers(uids=_UIDS, bases=[place]) == [path]


def test_links_files_and_folders_of_other_users_are_not_ours(place: Path) -> None:
    (place / "moonpool-pg-file").touch()
    (place / "elsewhere").mkdir()
    (place / "moonpool-pg-link").symlink_to(place / "elsewhere")
    (place / "moonpool-pg-other").mkdir()
    for path in place.iterdir():
        os.utime(path, (0, 0))

    assert list_leftovers(uids={os.getuid() + 1}, bases=[place]) == []
    assert list_leftovers(uids={os.getuid()}, bases=[place]) == [place / "moonpool-pg-other"]


def test_a_base_whose_socket_path_would_be_too_long_is_passed_over(place: Path) -> None:
    long = place / ("x" * 90)
    long.mkdir(mode=0o755)

    folder = make_folder(server_account(), bases=[long, place])

    assert folder.path.parent == place
    folder.remove()


def test_without_any_base_the_error_names_those_that_were_tried(place: Path) -> None:
    with pytest.raises(MoonpoolError) as caught:
        make_folder(server_account(), bases=[place / "absent"])

    assert caught.value.message == (
        f"no folder can hold a PostgreSQL server: looked at `{place / 'absent'}`"
    )
    assert "TMPDIR" in caught.value.hint
