"""Analysing projects by their own settings; what cannot be analysed is named."""

from __future__ import annotations

from pathlib import Path

from moonpool.coverage.analysis import analysed
from moonpool.coverage.combine import combine
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.report import report_on
from moonpool.coverage.workspace import DATA_FILE, ProjectInput
from moonpool.errors import ExitCode
from tests.coverage.building import plant


def _workspace(root: Path, *names: str) -> list[ProjectInput]:
    executed = Executed(
        False, {name: FileRun(lines={"": 0b10}) for name in ("a.py", "bad.py", "gone.py")}
    )
    for name in names:
        plant(root, {f"{name}/a.py": "x = 1\n", f"{name}/bad.py": "x = = 1\n"})
        write_data_file(root / name / DATA_FILE, executed)
    return [ProjectInput(name, name, root / name, "passed") for name in names]


def test_files_that_are_gone_or_broken_are_named_and_the_others_counted(tmp_path: Path) -> None:
    combined = combine(_workspace(tmp_path, "core"), tmp_path)
    with analysed(combined, combined.projects, tmp_path) as (found, errors):
        assert errors == []
        broken, gone = found[0].problems
        assert broken.startswith(f"Couldn't parse Python file '{tmp_path}/core/bad.py'")
        assert gone == "1 measured file is gone from disk"
        numbers = report_on(combined.projects, found).numbers
    assert [file.path for file in numbers.projects[0].files] == ["core/a.py"]


def test_a_project_that_cannot_be_analysed_is_an_error_and_the_others_are_reported(
    tmp_path: Path,
) -> None:
    projects = _workspace(tmp_path, "core", "odd", "plugged")
    plant(tmp_path, {"odd/.coveragerc": "[run]\nbranch = perhaps\n"})
    plant(tmp_path, {"plugged/.coveragerc": "[run]\nplugins = no_such_plugin\n"})
    combined = combine(projects, tmp_path)
    with analysed(combined, combined.projects, tmp_path) as (found, errors):
        assert [entry.project.id for entry in found] == ["core"]
    assert [error.message for error in errors] == [
        (
            "coverage.py cannot analyse project `odd`: "
            "Couldn't read config file .coveragerc: Not a boolean: perhaps"
        ),
        "coverage.py cannot analyse project `plugged`: No module named 'no_such_plugin'",
    ]
    assert errors[0].hint == "run `coverage debug config` in `odd`"
    assert errors[0].exit_code == ExitCode.COVERAGE


def test_a_project_of_which_all_is_omitted_has_nothing_to_count(tmp_path: Path) -> None:
    projects = _workspace(tmp_path, "core")
    plant(tmp_path, {"core/.coveragerc": "[report]\nomit = *\n"})
    combined = combine(projects, tmp_path)
    with analysed(combined, combined.projects, tmp_path) as (found, _):
        numbers = report_on(combined.projects, found).numbers
    assert numbers.projects[0].measured
    assert numbers.total.statements == 0


def test_the_working_directory_is_what_it_was_afterwards(tmp_path: Path) -> None:
    before = Path.cwd()
    combined = combine(_workspace(tmp_path, "core"), tmp_path)
    with analysed(combined, combined.projects, tmp_path):
        assert Path.cwd() == tmp_path.resolve()
    assert Path.cwd() == before
