from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.journal import VERSION, Entry, Journal, read_journal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "j.jsonl")
    journal.note("run", 1.0, version=VERSION, workers=2)
    journal.note("test", 2.0, test="a")
    journal.note("end", 3.0, exit=0)
    return journal


def test_what_was_written_is_read(journal: Journal) -> None:
    assert list(read_journal(journal.path)) == [
        Entry("run", 1.0, {"version": VERSION, "workers": 2}),
        Entry("test", 2.0, {"test": "a"}),
        Entry("end", 3.0, {"exit": 0}),
    ]


@pytest.mark.parametrize(
    ("only", "found"), [(["test"], ["test"]), (["end", "run"], ["run", "end"]), (["none"], [])]
)
def test_a_reader_names_the_events_that_it_wants(
    journal: Journal, only: list[str], found: list[str]
) -> None:
    assert [entry.event for entry in read_journal(journal.path, only)] == found


def test_a_line_that_was_cut_short_is_left_out(journal: Journal) -> None:
    content = journal.path.read_bytes()
    journal.path.write_bytes(content[:-5])
    assert [entry.event for entry in read_journal(journal.path)] == ["run", "test"]


@pytest.mark.parametrize("garbage", [b"\0\0\0\n", b"[]\n", b'{"event":"x"}\n', b"\xff\xfe\n"])
def test_damage_in_the_middle_costs_one_line(journal: Journal, garbage: bytes) -> None:
    first, *rest = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(first + garbage + b"".join(rest))
    assert [entry.event for entry in read_journal(journal.path)] == ["run", "test", "end"]


@pytest.mark.parametrize("first", ['{"event":"run","time":1,"version":99}', "", "{}", "7"])
def test_a_journal_of_a_newer_version_or_none_at_all_says_nothing(
    tmp_path: Path, first: str
) -> None:
    path = tmp_path / "j.jsonl"
    path.write_text(f'{first}\n{{"event":"test","time":2}}\n')
    assert list(read_journal(path)) == []


def test_a_missing_journal_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_journal(tmp_path / "none.jsonl"))
