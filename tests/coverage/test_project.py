"""One project's data file: exact, relocatable, reproducible, and forgiving of damage."""

from __future__ import annotations

import contextlib
import random
import re
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.datafile import read_data_file, write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.gather import DamagedFile
from moonpool.coverage.project import ProjectData, adopt, write_project_data
from tests.coverage.building import contents, measured, plant, serial

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Build = Callable[..., Path]

_FILES = ("tests/test_prices.py", "tests/test_refund.py", "tests/test_basket.py")
_BRANCH = "[run]\nbranch = true\nsource = src\n"


@pytest.mark.parametrize(
    "settings",
    [
        "[run]\nsource = src\n",
        _BRANCH,
        "[run]\nbranch = true\nsource_pkgs = shop\nomit = */basket.py\n",
        "[run]\nbranch = true\nsource = src\nrelative_files = true\nparallel = true\n",
        "[run]\nsource = src\ndynamic_context = test_function\n",
        "[run]\nbranch = true\nsource = src\ndynamic_context = test_function\ncontext = nightly\n",
        "[run]\nbranch = true\n",
    ],
)
def test_processes_united_equal_a_serial_run_in_lines_arcs_and_contexts(
    shop: Build, tmp_path: Path, settings: str
) -> None:
    project = shop(settings)
    expected = contents(serial(project), project)
    for number, test_file in enumerate(_FILES):
        measured(project, tmp_path / "data", f"gw{number}", test_file)
    output = project / ".moonpool" / "coverage"
    summary = write_project_data(project, tmp_path / "data", output)
    assert contents(output, project) == expected
    assert summary == ProjectData(output, 3, len(expected), "branch" in settings)


def test_files_that_no_process_imported_are_kept_as_not_run(shop: Build, tmp_path: Path) -> None:
    project = shop(_BRANCH)
    measured(project, tmp_path / "data", "gw0", "tests/test_refund.py")
    write_project_data(project, tmp_path / "data", tmp_path / "out")
    files = read_data_file(tmp_path / "out").files
    assert files["src/shop/unused.py"] == FileRun()
    assert files["src/shop/basket.py"] == FileRun()


def test_the_same_data_gives_the_same_bytes_for_any_split_order_and_checkout(
    shop: Build, tmp_path: Path
) -> None:
    splits: list[list[tuple[str, ...]]] = [
        [_FILES],
        [_FILES[:1], _FILES[1:]],
        [_FILES[2:], _FILES[1:2], _FILES[:1]],
    ]
    written = set()
    for number, split in enumerate(splits):
        project = shop(_BRANCH, place=f"checkout{number}/deeper" * (number + 1))
        for worker, tests in enumerate(split):
            measured(project, tmp_path / f"data{number}", f"gw{worker}", *tests)
        write_project_data(project, tmp_path / f"data{number}", project / "out")
        written.add((project / "out").read_bytes())
    assert len(written) == 1
    text = written.pop()
    assert b"checkout" not in text
    assert not re.search(rb"20\d\d-\d\d-\d\d", text)
    with contextlib.closing(sqlite3.connect(tmp_path / "checkout0/deeper/out")) as connection:
        keys = {key for (key,) in connection.execute("select key from meta")}
    assert keys == {"version", "has_arcs", "moonpool_sources"}


def test_the_order_of_the_process_files_does_not_matter(tmp_path: Path) -> None:
    parts = [
        Executed(True, {str(tmp_path / f"m{n % 3}.py"): FileRun(arcs={"": frozenset([(-1, n)])})})
        for n in range(1, 9)
    ]
    written = set()
    for seed in range(4):
        random.Random(seed).shuffle(parts)
        for number, part in enumerate(parts):
            write_data_file(tmp_path / f"data{seed}" / f"coverage.gw{number}", part)
        write_project_data(tmp_path, tmp_path / f"data{seed}", tmp_path / "out")
        written.add((tmp_path / "out").read_bytes())
    assert len(written) == 1


def _plain(*paths: Path) -> Executed:
    return Executed(False, {str(path): FileRun(lines={"": 0b10}) for path in paths})


def test_a_damaged_process_file_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write_data_file(data / "coverage.gw0", _plain(tmp_path / "a.py"))
    whole = (data / "coverage.gw0").read_bytes()
    (data / "coverage.gw1").write_bytes(whole[: len(whole) // 2])
    (data / "coverage.gw2").write_bytes(b"")
    summary = write_project_data(tmp_path, data, tmp_path / "out")
    assert summary.path == tmp_path / "out"
    assert summary.processes == 1
    assert summary.damaged == (
        DamagedFile(data / "coverage.gw1", "cannot be read: database disk image is malformed"),
        DamagedFile(data / "coverage.gw2", "is empty"),
    )
    assert read_data_file(tmp_path / "out").files == {"a.py": FileRun(lines={"": 0b10})}


def test_files_elsewhere_in_the_workspace_are_named_from_the_project(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    backend = workspace / "apps" / "backend"
    backend.mkdir(parents=True)
    measured_files = _plain(
        backend / "src" / "a.py", workspace / "core" / "x.py", tmp_path / "alien.py"
    )
    write_data_file(tmp_path / "data" / "coverage.main", measured_files)
    summary = write_project_data(
        backend, tmp_path / "data", tmp_path / "out", workspace_root=workspace
    )
    assert list(read_data_file(tmp_path / "out").files) == ["../../core/x.py", "src/a.py"]
    assert (summary.files, summary.outside) == (2, 1)


def test_an_output_of_an_earlier_run_does_not_pass_for_this_runs(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "out").write_bytes(b"old")
    summary = write_project_data(tmp_path, tmp_path / "data", tmp_path / "out")
    assert summary == ProjectData(None, 0, 0, False)
    assert not (tmp_path / "out").exists()


def test_statement_data_of_a_child_counts_as_lines_in_a_project_with_branches(
    tmp_path: Path,
) -> None:
    path = str(tmp_path / "a.py")
    branches = Executed(True, {path: FileRun(arcs={"": frozenset([(-1, 1), (1, 2)])})})
    write_data_file(tmp_path / "data" / "coverage.main", branches)
    write_data_file(
        tmp_path / "data" / "coverage.child", Executed(False, {path: FileRun(lines={"": 0b1000})})
    )
    write_project_data(tmp_path, tmp_path / "data", tmp_path / "out")
    assert contents(tmp_path / "out", tmp_path)["a.py"]["lines"] == [1, 2, 3]


def test_the_projects_own_path_mapping_is_applied(tmp_path: Path) -> None:
    project = plant(
        tmp_path / "project",
        {".coveragerc": "[paths]\nsource =\n    src\n    */site-packages\n", "src/a.py": "x = 1\n"},
    )
    installed = _plain(tmp_path / "lib" / "site-packages" / "a.py")
    write_data_file(tmp_path / "data" / "coverage.main", installed)
    write_project_data(project, tmp_path / "data", tmp_path / "out")
    assert list(read_data_file(tmp_path / "out").files) == ["src/a.py"]


def test_what_another_tool_measured_becomes_the_projects_file_in_the_same_form(
    shop: Build, tmp_path: Path
) -> None:
    project = shop(_BRANCH)
    foreign = serial(project)
    summary = adopt(project, foreign, tmp_path / "adopted")
    measured(project, tmp_path / "data", "main")
    write_project_data(project, tmp_path / "data", tmp_path / "own")
    assert (tmp_path / "adopted").read_bytes() == (tmp_path / "own").read_bytes()
    assert summary.path == tmp_path / "adopted"


def test_adopting_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    summary = adopt(tmp_path, tmp_path / ".coverage", tmp_path / "out")
    assert summary.damaged == (DamagedFile(tmp_path / ".coverage", "is not there"),)
    assert summary.path is None


def test_a_failing_write_leaves_the_old_file(tmp_path: Path) -> None:
    write_data_file(tmp_path / "data" / "coverage.main", _plain(tmp_path / "a.py"))
    output = tmp_path / "taken"
    output.mkdir()
    (output / "kept").touch()
    with pytest.raises(OSError, match="taken"):
        write_project_data(tmp_path, tmp_path / "data", output)
    assert (output / "kept").exists()
    shutil.rmtree(output)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
