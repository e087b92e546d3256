from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.files import lock_file, read_versioned_json, write_versioned_json, write_whole

if TYPE_CHECKING:
    from pathlib import Path

TRY_LOCK = """
import sys
from moonpool.files import lock_file
with open(sys.argv[1], "rb+") as stream:
    print(lock_file(stream))
"""


def test_a_file_appears_whole_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_whole(path, "words")
    write_whole(path, b"bytes")
    assert path.read_bytes() == b"bytes"
    assert [child.name for child in path.parent.iterdir()] == ["file"]


def test_nothing_partial_is_left_when_the_place_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "taken"
    path.mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(path, "words")
    assert [child.name for child in tmp_path.iterdir()] == ["taken"]


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
def test_permissions_follow_the_umask_or_the_callers_word(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "plain", "")
        write_whole(tmp_path / "private", "", mode=0o600)
    finally:
        os.umask(before)
    assert (tmp_path / "plain").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600


def test_json_carries_its_version_first(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_versioned_json(path, 3, {"name": "Zoë"})
    assert list(json.loads(path.read_text())) == ["version", "name"]
    assert read_versioned_json(path, 3) == {"version": 3, "name": "Zoë"}


@pytest.mark.parametrize("text", ["", "[]", '{"version": 4}', '{"name": 1}', "{"])
def test_what_is_no_json_of_that_version_counts_as_absent(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert read_versioned_json(path, 3) is None
    assert read_versioned_json(tmp_path / "none.json", 3) is None


def test_a_lock_is_held_against_other_processes_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()

    def others_attempt() -> str:
        command = [sys.executable, "-c", TRY_LOCK, str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    with path.open("rb+") as stream:
        assert lock_file(stream)
        assert others_attempt() == "False"
    assert others_attempt() == "True"
