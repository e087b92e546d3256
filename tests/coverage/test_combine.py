"""The whole workspace: united, complete, and honest about what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.combine import combine, data_errors
from moonpool.coverage.combined import load_combined, read_share, share_file
from moonpool.coverage.datafile import read_data_file, write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.workspace import DATA_FILE, ProjectInput
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path


def _project(
    root: Path,
    source: str,
    files: dict[str, FileRun] | None,
    *,
    branches: bool = False,
    **more: str,
) -> ProjectInput:
    if files is not None:
        write_data_file(root / source / DATA_FILE, Executed(branches, files))
    name = more.get("id", source.rpartition("/")[2])
    return ProjectInput(name, source, root / source, more.get("state", "passed"))


def _ran(bits: int) -> FileRun:
    return FileRun(lines={"": bits})


def test_files_of_the_same_name_stay_apart_and_shared_ones_unite(tmp_path: Path) -> None:
    combined = combine(
        [
            _project(tmp_path, "web", {"src/models.py": _ran(0b10), "../core/x.py": _ran(0b100)}),
            _project(tmp_path, "core", {"src/models.py": _ran(0b1000), "x.py": _ran(0b10)}),
            _project(tmp_path, ".", {"tools.py": _ran(0b10)}, id="root"),
        ],
        tmp_path,
    )
    assert read_data_file(tmp_path / ".moonpool/combined/coverage").files == {
        "core/src/models.py": _ran(0b1000),
        "core/x.py": _ran(0b110),
        "tools.py": _ran(0b10),
        "web/src/models.py": _ran(0b10),
    }
    assert [project.id for project in combined.projects] == ["core", "root", "web"]
    shares = {
        project.id: list(read_share(combined, project).files) for project in combined.projects
    }
    assert shares == {
        "core": ["core/src/models.py", "core/x.py"],
        "root": ["tools.py"],
        "web": ["web/src/models.py"],
    }


def test_branch_and_statement_data_meet_as_lines_and_the_shares_keep_their_branches(
    tmp_path: Path,
) -> None:
    arcs = {"a.py": FileRun(arcs={"": frozenset([(-1, 1), (1, 2)])})}
    combined = combine(
        [
            _project(tmp_path, "branchy", arcs, branches=True),
            _project(tmp_path, "plain", {"b.py": _ran(0b10)}),
        ],
        tmp_path,
    )
    assert combined.mixed
    assert read_data_file(combined.folder / "coverage").files["branchy/a.py"] == _ran(0b110)
    assert read_share(combined, combined.projects[0]).branches


def test_branch_data_alone_keeps_its_arcs(tmp_path: Path) -> None:
    arcs = {"a.py": FileRun(arcs={"": frozenset([(-1, 1)])})}
    combined = combine([_project(tmp_path, "branchy", arcs, branches=True)], tmp_path)
    assert not combined.mixed
    assert read_data_file(combined.folder / "coverage").branches


@pytest.mark.parametrize(
    ("state", "note"),
    [
        ("passed", "no data: its tests passed without measuring coverage"),
        ("cached", "no data: its tests were cached without coverage"),
        ("cached-from-remote", "no data: its tests were cached without coverage"),
        ("failed", "no data: its tests failed before coverage was written"),
        ("timed-out", "no data: its tests ran out of time before coverage was written"),
        ("aborted", "no data: its tests were stopped before coverage was written"),
        ("skipped", "no data: its tests were skipped"),
        ("not run", "no data: its tests have not been run"),
    ],
)
def test_a_project_without_data_is_named_with_the_reason(
    tmp_path: Path, state: str, note: str
) -> None:
    combined = combine([_project(tmp_path, "core", None, state=state)], tmp_path)
    assert [project.note for project in combined.projects] == [note]
    assert combined.projects[0].data == "missing"


@pytest.mark.parametrize(
    ("state", "note"),
    [
        ("passed", ""),
        ("cached", ""),
        ("failed", "its tests failed"),
        ("timed-out", "its tests ran out of time"),
        ("aborted", "its tests were stopped"),
    ],
)
def test_data_of_tests_that_did_not_end_well_counts_and_is_noted(
    tmp_path: Path, state: str, note: str
) -> None:
    combined = combine([_project(tmp_path, "core", {"a.py": _ran(0b10)}, state=state)], tmp_path)
    assert [(project.data, project.note) for project in combined.projects] == [("present", note)]


def test_unreadable_data_is_named_with_the_command_and_the_others_are_combined(
    tmp_path: Path,
) -> None:
    good = _project(tmp_path, "core", {"a.py": _ran(0b10)})
    bad = _project(tmp_path, "apps/web", {"a.py": _ran(0b10)})
    (bad.root / DATA_FILE).write_bytes(b"SQLite format 3\x00" + b"x" * 200)
    combined = combine([good, bad], tmp_path)
    assert list(read_data_file(combined.folder / "coverage").files) == ["core/a.py"]
    web = combined.projects[1]
    assert (web.data, web.note) == (
        "unreadable",
        "no data: its data file cannot be read: file is not a database",
    )
    (error,) = data_errors(web)
    assert error.message == (
        "`apps/web/.moonpool/coverage` of project `web` cannot be read: file is not a database"
    )
    assert error.hint == "run `moon run web:test --force`"
    assert error.exit_code == ExitCode.COVERAGE


def test_two_projects_with_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MoonpoolError) as caught:
        combine(
            [_project(tmp_path, "a", None, id="x"), _project(tmp_path, "b", None, id="x")], tmp_path
        )
    assert caught.value.message == "found two projects with the id `x`, expected one"
    assert caught.value.hint == "run `moon query projects` and rename one of them"


def test_what_was_combined_can_be_loaded_and_nothing_of_an_earlier_time_stays(
    tmp_path: Path,
) -> None:
    core = _project(tmp_path, "core", {"a.py": _ran(0b10)})
    gone = _project(tmp_path, "old", {"a.py": _ran(0b10)}, id="team/old")
    before = combine([core, gone], tmp_path)
    assert share_file(before.folder, "team/old").name == "team%2Fold.coverage"
    assert share_file(before.folder, "team/old").exists()
    combined = combine([core], tmp_path)
    assert load_combined(tmp_path) == combined
    assert not share_file(before.folder, "team/old").exists()


def test_files_outside_of_the_workspace_are_counted(tmp_path: Path) -> None:
    files = {"a.py": _ran(0b10), "../../alien.py": _ran(0b10)}
    assert combine([_project(tmp_path, "core", files)], tmp_path).outside == 1


def test_loading_says_when_nothing_was_combined(tmp_path: Path) -> None:
    with pytest.raises(MoonpoolError) as caught:
        load_combined(tmp_path)
    assert caught.value.message == ("found no readable combined coverage in `.moonpool/combined`")
    assert caught.value.hint == "run `moonpool coverage combine`"
    assert caught.value.exit_code == ExitCode.COVERAGE


def test_a_share_that_was_damaged_since_is_named(tmp_path: Path) -> None:
    combined = combine([_project(tmp_path, "core", {"a.py": _ran(0b10)})], tmp_path)
    share_file(combined.folder, "core").write_bytes(b"")
    with pytest.raises(MoonpoolError) as caught:
        read_share(combined, combined.projects[0])
    assert caught.value.message == (
        "found no readable combined data of `core` in `.moonpool/combined`"
    )
