"""What other tools counted of each project, kept with what was combined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.combine import combine, data_errors
from moonpool.coverage.combined import Combined, load_combined
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.foreign import read_foreign_shares
from moonpool.coverage.workspace import DATA_FILE, ProjectInput
from moonpool.errors import ExitCode
from tests.coverage.building import plant
from tests.coverage.foreign.samples import BY_C8, SOURCE, sample

if TYPE_CHECKING:
    from pathlib import Path


def _project(root: Path, name: str, *inputs: str, state: str = "passed") -> ProjectInput:
    (root / name).mkdir(parents=True, exist_ok=True)
    return ProjectInput(name, name, root / name, state, inputs)


def _files(combined: Combined, root: Path) -> dict[str, list[str]]:
    found, errors = read_foreign_shares(combined, combined.projects, root)
    assert errors == []
    return {share.project.id: list(share.files) for share in found}


def test_a_file_counts_for_the_project_that_holds_it_and_is_read_again_without_the_original(
    tmp_path: Path,
) -> None:
    plant(tmp_path, {"web/src/lib.js": SOURCE, "ui/button.js": "x\n", "web/lcov.info": ""})
    (tmp_path / "web/lcov.info").write_text(
        sample("c8.info") + "SF:../ui/button.js\nDA:1,0\nend_of_record\n"
    )
    projects = [_project(tmp_path, "ui"), _project(tmp_path, "web", "lcov.info")]
    combined = combine(projects, tmp_path)
    (tmp_path / "web/lcov.info").unlink()
    assert load_combined(tmp_path) == combined
    assert _files(combined, tmp_path) == {"ui": ["ui/button.js"], "web": ["web/src/lib.js"]}
    (_, web), _ = read_foreign_shares(combined, combined.projects, tmp_path)
    assert web.files["web/src/lib.js"].numbers == BY_C8
    assert web.branches
    combine(projects, tmp_path)
    assert not list(combined.folder.glob("foreign/*"))


def test_a_file_that_coverage_measured_does_not_count_twice(tmp_path: Path) -> None:
    plant(tmp_path, {"core/a.py": "x = 1\n", "core/b.js": "x\n"})
    run = FileRun(lines={"": 0b10})
    write_data_file(tmp_path / "core" / DATA_FILE, Executed(False, {"a.py": run}))
    lcov = "".join(f"SF:{name}\nDA:1,1\nend_of_record\n" for name in ("a.py", "b.js"))
    plant(tmp_path, {"core/lcov.info": lcov})
    combined = combine([_project(tmp_path, "core", "lcov.info")], tmp_path)
    assert _files(combined, tmp_path) == {"core": ["core/b.js"]}
    assert combined.projects[0].note == ""


def test_files_that_are_gone_or_shorter_now_are_left_out_and_named(tmp_path: Path) -> None:
    plant(tmp_path, {"web/src/lib.js": SOURCE, "web/src/short.js": "1\n2\n", "web/lcov.info": ""})
    (tmp_path / "web/lcov.info").write_text(
        sample("c8.info")
        + "SF:src/short.js\nDA:4,1\nend_of_record\nSF:src/gone.js\nDA:1,1\nend_of_record\n"
    )
    combined = combine([_project(tmp_path, "web", "lcov.info")], tmp_path)
    (share,), _ = read_foreign_shares(combined, combined.projects, tmp_path)
    assert list(share.files) == ["web/src/lib.js"]
    assert share.problems == (
        "1 measured file is gone from disk",
        "1 measured file has fewer lines than when the tests ran",
    )


@pytest.mark.parametrize(
    ("state", "note"),
    [
        ("passed", "no data: its tests left no `web/out/lcov.info`"),
        ("cached", "no data: its tests were cached without `web/out/lcov.info`"),
        ("cached-from-remote", "no data: its tests were cached without `web/out/lcov.info`"),
        ("failed", "no data: its tests failed before coverage was written"),
        ("skipped", "no data: its tests were skipped"),
        ("not run", "no data: its tests have not been run"),
    ],
)
def test_a_project_without_its_file_is_named_with_the_reason(
    tmp_path: Path, state: str, note: str
) -> None:
    combined = combine([_project(tmp_path, "web", "out/lcov.info", state=state)], tmp_path)
    (web,) = combined.projects
    assert (web.data, web.note, web.is_expected) == ("missing", note, True)
    assert data_errors(web) == ()


def test_a_broken_file_is_an_error_and_the_note_of_a_project_that_has_others(
    tmp_path: Path,
) -> None:
    plant(tmp_path, {"web/src/lib.js": SOURCE, "web/a": sample("c8.info"), "web/b": "{}"})
    project = _project(tmp_path, "web", "a", "b", "c", state="failed")
    combined = combine([project], tmp_path)
    (web,) = combined.projects
    assert web.data == "present"
    assert web.note == (
        "its tests failed; without `web/b`: it is neither lcov nor Cobertura; "
        "without `web/c`: it is not there"
    )
    (error,) = data_errors(web)
    assert error.message == "`web/b` of project `web` is neither lcov nor Cobertura"
    assert error.hint == (
        "run `moon run web:test --force`, or correct `[tool.moonpool.coverage-inputs]`"
    )
    assert error.exit_code == ExitCode.COVERAGE
    assert load_combined(tmp_path) == combined


def test_a_broken_file_alone_is_the_note(tmp_path: Path) -> None:
    plant(tmp_path, {"web/b": "{}"})
    (web,) = combine([_project(tmp_path, "web", "b")], tmp_path).projects
    assert (web.data, web.note) == (
        "unreadable",
        "no data: its data file is neither lcov nor Cobertura",
    )


def test_a_share_that_was_damaged_since_is_named(tmp_path: Path) -> None:
    plant(tmp_path, {"web/src/lib.js": SOURCE, "web/a": sample("c8.info")})
    combined = combine([_project(tmp_path, "web", "a")], tmp_path)
    (combined.folder / "foreign/web.info").write_text("SF:cut")
    found, (error,) = read_foreign_shares(combined, combined.projects, tmp_path)
    assert found == []
    assert error.message == "found no readable combined data of `web` in `.moonpool/combined`"
