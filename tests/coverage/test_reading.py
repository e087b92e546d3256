"""A project's own data and its shards', each judged by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.coverage.combine import combine, data_errors, shard_errors
from moonpool.coverage.combined import load_combined
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.origin import Origin
from moonpool.coverage.parts import ALL, SOME
from moonpool.coverage.project import note
from moonpool.coverage.reading import read_project
from moonpool.coverage.sources import digests
from moonpool.coverage.workspace import DATA_FILE, ProjectInput
from tests.coverage.building import plant

if TYPE_CHECKING:
    from pathlib import Path


def _shard(root: Path, part: str, bits: int, name: str = "a.py") -> Path:
    """Write a shard's data about the sources that are in `core` now."""
    path = root / "shards" / part.replace("/", "-") / "coverage"
    parts = frozenset({part}) if part else ALL
    sources = digests(root / "core", ["a.py"])
    write_data_file(
        path,
        Executed(False, {name: FileRun(lines={"": bits})}),
        complete=lambda aside: note(aside, sources, Origin("core", parts)),
    )
    return path


def _core(root: Path, *shards: Path) -> ProjectInput:
    plant(root / "core", {"a.py": "a = 1\nb = 2\nc = 3\n"})
    return ProjectInput("core", "core", root / "core", "not run", shards=shards)


def _lines(executed: Executed | None) -> dict[str, int]:
    assert executed is not None
    return {name: run.lines[""] for name, run in executed.files.items()}


def test_all_shards_are_the_whole_and_its_bytes(tmp_path: Path) -> None:
    _core(tmp_path)
    whole = _shard(tmp_path, "", 0b1110)
    combined = combine([_core(tmp_path, whole)], tmp_path)
    files = [combined.folder / "coverage", *combined.folder.glob("projects/*")]
    expected = [path.read_bytes() for path in files]
    shards = [_shard(tmp_path, f"{n}/3", 1 << n) for n in (1, 2, 3)]
    again = combine([_core(tmp_path, *reversed(shards))], tmp_path)
    assert [path.read_bytes() for path in files] == expected
    assert again.projects == combined.projects
    assert again.projects[0].is_whole


def test_the_projects_own_file_is_one_of_them(tmp_path: Path) -> None:
    _core(tmp_path)
    shards = [_shard(tmp_path, f"{n}/2", 1 << n) for n in (1, 2)]
    (tmp_path / "core" / DATA_FILE).parent.mkdir()
    shards[0].rename(tmp_path / "core" / DATA_FILE)
    reading = read_project(_core(tmp_path, shards[1]), tmp_path)
    assert (_lines(reading.executed), reading.parts) == ({"a.py": 0b110}, ALL)


def test_a_shard_that_did_not_come_is_named(tmp_path: Path) -> None:
    _core(tmp_path)
    shards = [_shard(tmp_path, f"{n}/3", 1 << n) for n in (1, 3)]
    combine([_core(tmp_path, *shards)], tmp_path)
    (known,) = load_combined(tmp_path).projects
    assert (known.data, known.note, known.is_whole) == ("present", "without shard 2 of 3", False)
    (error,) = shard_errors(known)
    assert error.message == "found data of project `core` without shard 2 of 3"
    assert error.hint == "run the jobs of those shards again, and name all that they left"


def test_tests_that_somebody_chose_do_not_pass_for_all_and_are_no_error(tmp_path: Path) -> None:
    _core(tmp_path)
    (known,) = combine([_core(tmp_path, _shard(tmp_path, SOME, 0b10))], tmp_path).projects
    assert (known.note, known.is_whole) == ("only some of its tests ran", False)
    assert shard_errors(known) == ()


def test_a_shard_about_other_sources_is_refused_and_named(tmp_path: Path) -> None:
    _core(tmp_path)
    old = _shard(tmp_path, "1/2", 0b10)
    plant(tmp_path / "core", {"a.py": "b = 2\n"})
    new = _shard(tmp_path, "2/2", 0b100)
    project = ProjectInput("core", "core", tmp_path / "core", "not run", shards=(old, new))
    (known,) = combine([project], tmp_path).projects
    assert known.note == (
        f"without shard 1 of 2; without `{old}`: it is about other sources: `a.py` changed since"
    )
    (error,) = data_errors(known)
    assert error.message == (
        f"`{old}` of project `core` is about other sources: `a.py` changed since"
    )
    assert error.hint == ("run the job that wrote it again, at the commit that is checked out here")


def test_a_damaged_shard_leaves_the_others(tmp_path: Path) -> None:
    _core(tmp_path)
    good, bad = _shard(tmp_path, "1/2", 0b10), _shard(tmp_path, "2/2", 0b100)
    bad.write_bytes(b"")
    reading = read_project(_core(tmp_path, good, bad), tmp_path)
    assert _lines(reading.executed) == {"a.py": 0b10}
    assert [(file.path, file.reason, file.shard) for file in reading.lacking] == [
        (bad.as_posix(), "is empty", True)
    ]


def test_absolute_names_of_another_measurer_become_the_projects(tmp_path: Path) -> None:
    _core(tmp_path)
    inside = _shard(tmp_path, "1/2", 0b10, str(tmp_path / "core" / "a.py"))
    outside = _shard(tmp_path, "2/2", 0b10, "/elsewhere/b.py")
    reading = read_project(_core(tmp_path, inside, outside), tmp_path)
    assert (_lines(reading.executed), reading.outside) == ({"a.py": 0b10}, 1)
