from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.machine.planting import plant

if TYPE_CHECKING:
    from pathlib import Path

from moonpool.machine import Unreadable
from moonpool.machine.tree import Tree, printable, whole_number


def test_an_absent_file_says_nothing_and_is_no_fault(tmp_path: Path) -> None:
    tree = Tree(plant({"/file": "content"}, tmp_path))

    assert tree.text(tmp_path / "absent") is None
    assert tree.text(tmp_path / "file/below a file") is None
    assert tree.number(tmp_path / "absent") is None
    assert tree.field(tmp_path / "absent", "name") is None
    assert tree.unreadable == ()


def test_a_folder_in_place_of_a_file_is_a_fault_that_is_told_once(tmp_path: Path) -> None:
    tree = Tree(plant({"/folder/": ""}, tmp_path))

    assert [tree.text(tmp_path / "folder"), tree.text(tmp_path / "folder")] == [None, None]
    assert tree.unreadable == (Unreadable(str(tmp_path / "folder"), "is a directory"),)


def test_a_path_that_cannot_exist_is_a_fault(tmp_path: Path) -> None:
    tree = Tree(tmp_path)

    assert tree.text(tmp_path / "a\0b") is None
    assert [found.reason for found in tree.unreadable] == ["no such path can exist"]


def test_a_file_is_read_once_so_that_one_reading_does_not_contradict_itself(
    tmp_path: Path,
) -> None:
    tree = Tree(plant({"/count": "1\n"}, tmp_path))
    before = tree.number(tmp_path / "count")

    plant({"/count": "2\n"}, tmp_path)

    assert (before, tree.number(tmp_path / "count")) == (1, 1)


def test_bytes_that_are_no_text_can_be_read_and_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff\xfe")
    tree = Tree(tmp_path)

    assert tree.number(tmp_path / "file") is None
    (found,) = tree.unreadable
    assert found.reason == "found `\\udcff\\udcfe`, expected a whole number"
    assert found.reason.encode()


def test_long_garbage_is_quoted_in_part(tmp_path: Path) -> None:
    tree = Tree(plant({"/file": "x" * 1000}, tmp_path))

    assert tree.number(tmp_path / "file") is None
    assert [found.reason for found in tree.unreadable] == [
        f"found `{'x' * 40}`, expected a whole number"
    ]


def test_a_field_is_found_by_its_whole_name(tmp_path: Path) -> None:
    tree = Tree(plant({"/stat": "oom 1\noom_kill 2\noom_group_kill 3\n"}, tmp_path))

    assert tree.field(tmp_path / "stat", "oom_kill") == 2
    assert tree.field(tmp_path / "stat", "oom_k") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12\n", 12),
        ("-1\n", -1),
        ("0", 0),
        ("18446744073709551615", 2**64 - 1),
        ("1_000", None),
        ("٣", None),
        ("1.5", None),
        ("", None),
        ("max", None),
        ("9" * 5000, None),
    ],
)
def test_only_what_a_kernel_writes_is_a_number(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_printable_text_is_left_alone() -> None:
    assert printable("/sys/fs/cgroup/münchen") == "/sys/fs/cgroup/münchen"
