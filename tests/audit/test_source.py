from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from moonpool.audit.reading.source import Problem, Source, read_source

if TYPE_CHECKING:
    from pathlib import Path


def _read(root: Path, data: bytes) -> Source | Problem:
    file = root / "a.yml"
    file.write_bytes(data)
    return read_source(root, file)


def test_the_byte_order_mark_is_kept_apart(tmp_path: Path) -> None:
    assert _read(tmp_path, b"\xef\xbb\xbfon: push\n") == Source("a.yml", "on: push\n", bom=True)


def test_line_endings_stay_as_they_are(tmp_path: Path) -> None:
    source = _read(tmp_path, b"a: 1\r\nb: 2\nc: 3")
    assert isinstance(source, Source)
    assert source.lines == ["a: 1\r\n", "b: 2\n", "c: 3"]


def test_lines_are_counted_as_yaml_counts_them() -> None:
    assert Source("", "a\x0bb\x0c\u2028c\x85d").lines == ["a\x0bb\x0c\u2028", "c\x85", "d"]


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    problem = _read(tmp_path, b"a: 1\nb: \xff\n")
    assert problem == Problem("a.yml", 2, "found bytes that are no UTF-8 (invalid start byte)")


def test_a_file_of_five_megabytes_is_not_read(tmp_path: Path) -> None:
    problem = _read(tmp_path, b"# x\n" * 1_300_000)
    assert problem == Problem("a.yml", 1, "found 5200000 bytes, expected 1048576 at most")


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("on: push")
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.yml").symlink_to(tmp_path / "secret")
    problem = read_source(root, root / "a.yml")
    assert isinstance(problem, Problem)
    assert problem.message == "found a symbolic link that leads out of the repository"


def test_links_in_a_circle_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.yml").symlink_to(tmp_path / "b.yml")
    (tmp_path / "b.yml").symlink_to(tmp_path / "a.yml")
    problem = read_source(tmp_path, tmp_path / "a.yml")
    assert isinstance(problem, Problem)
    assert problem.message.startswith("cannot be read (")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is unreadable to this user"
)
def test_a_file_without_the_right_to_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("on: push")
    file.chmod(0)
    assert read_source(tmp_path, file) == Problem("a.yml", 1, "cannot be read (permission denied)")
