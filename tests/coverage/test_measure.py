"""Measuring one process: the project's settings, its children, and crashes."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.datafile import read_data_file
from moonpool.coverage.executed import line_numbers
from moonpool.coverage.measure import start
from moonpool.coverage.project import write_project_data
from moonpool.errors import ExitCode, MoonpoolError
from tests.coverage.building import measured_code, plant, run, start_measured_code

if TYPE_CHECKING:
    from pathlib import Path

_JOBS = """
    def first():
        return 1

    def second():
        return 2

    def third():
        return 3
"""
_FIRST, _SECOND, _THIRD = 2, 5, 8


def _project(tmp_path: Path, settings: str = "") -> Path:
    return plant(
        tmp_path / "project",
        {
            ".coveragerc": f"[run]\nsource = src\n{settings}",
            "src/jobs.py": _JOBS,
            "src/child.py": "import jobs\njobs.second()\n",
        },
    )


def _lines(project: Path, data_dir: Path) -> set[int]:
    write_project_data(project, data_dir, data_dir / "out")
    runs = read_data_file(data_dir / "out").files["src/jobs.py"]
    return {line for bits in runs.lines.values() for line in line_numbers(bits)}


def test_a_save_puts_data_on_disk_and_measuring_goes_on(tmp_path: Path) -> None:
    project, data = _project(tmp_path), tmp_path / "data"
    code = """
        import jobs
        jobs.first()
        measurement.save()
        print(sorted(path.name.partition(".")[0] for path in Path(sys.argv[1]).iterdir()))
        jobs.second()
        measurement.finish()
        jobs.third()
    """
    assert measured_code(project, data, code) == "['coverage', 'kept']\n"
    assert _lines(project, data) >= {_FIRST, _SECOND}
    assert _THIRD not in _lines(project, data)
    assert not list(data.glob("kept.*"))


def test_an_end_without_finish_still_leaves_the_data(tmp_path: Path) -> None:
    project, data = _project(tmp_path), tmp_path / "data"
    measured_code(project, data, "import jobs; jobs.first(); sys.exit(0)")
    assert _FIRST in _lines(project, data)


def test_a_killed_process_keeps_what_it_had_saved_and_is_named(tmp_path: Path) -> None:
    project, data = _project(tmp_path), tmp_path / "data"
    code = """
        import jobs, time
        jobs.first()
        measurement.save()
        jobs.second()
        print("saved", flush=True)
        time.sleep(60)
    """
    child = start_measured_code(project, data, code)
    assert child.stdout is not None
    assert child.stdout.readline() == "saved\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    # The kill may come in the middle of a write, which spoils the file that is written in place.
    for live in data.glob("coverage.*"):
        live.write_bytes(live.read_bytes()[:1000])
    summary = write_project_data(project, data, data / "out")
    assert summary.unfinished == ("main",)
    assert len(summary.damaged) == 1
    assert _FIRST in _lines(project, data)
    assert _SECOND not in _lines(project, data)


@pytest.mark.parametrize(
    ("begins", "unfinished"),
    [("measurement.enter('tests/test_jobs.py::test')", ("main",)), ("", ())],
)
def test_who_is_killed_before_it_saved_is_named_if_it_had_begun_a_test(
    tmp_path: Path, begins: str, unfinished: tuple[str, ...]
) -> None:
    project, data = _project(tmp_path), tmp_path / "data"
    code = f"import jobs, os, signal; {begins or 0}; os.kill(os.getpid(), signal.SIGKILL)"
    start_measured_code(project, data, code).communicate()
    summary = write_project_data(project, data, data / "out")
    assert (summary.path, summary.unfinished, summary.damaged) == (None, unfinished, ())


def test_every_boundary_counts_however_soon_it_comes(tmp_path: Path) -> None:
    project, data = _project(tmp_path, "branch = true\n"), tmp_path / "data"
    code = """
        import os, signal, jobs
        jobs.first()
        measurement.save()
        jobs.second()
        measurement.save()
        jobs.third()
        os.kill(os.getpid(), signal.SIGKILL)
    """
    start_measured_code(project, data, code).communicate()
    assert len(list(data.glob("kept.*"))) == 1
    write_project_data(project, data, data / "out")
    arcs = read_data_file(data / "out").files["src/jobs.py"].arcs[""]
    ran = {line for arc in arcs for line in arc}
    assert {_FIRST, _SECOND} <= ran
    assert _THIRD not in ran


def test_abandoning_leaves_neither_data_nor_environment(tmp_path: Path) -> None:
    project, data = _project(tmp_path, "patch = subprocess\n"), tmp_path / "data"
    code = """
        import os, subprocess, jobs
        jobs.first()
        measurement.save()
        measurement.abandon()
        print({name for name in os.environ if name.startswith("COVERAGE_")})
        subprocess.run([sys.executable, "src/child.py"], check=True)
        measurement.save()
        measurement.finish()
    """
    assert measured_code(project, data, code) == "set()\n"
    assert list(data.iterdir()) == []


def test_abandoning_leaves_what_a_later_measurement_has_set(tmp_path: Path) -> None:
    project, data = _project(tmp_path, "patch = subprocess\n"), tmp_path / "data"
    code = """
        import os
        os.environ["COVERAGE_PROCESS_CONFIG"] = "theirs"
        measurement.abandon()
        print(os.environ["COVERAGE_PROCESS_CONFIG"])
    """
    assert measured_code(project, data, code) == "theirs\n"


@pytest.mark.parametrize("settings", ["data_file = mine\n", "data_file = mine\nparallel = true\n"])
def test_the_users_data_file_is_left_alone(tmp_path: Path, settings: str) -> None:
    project, data = _project(tmp_path, settings), tmp_path / "data"
    code = """
        import os, jobs
        jobs.first()
        measurement.finish()
        print(os.environ["COVERAGE_FILE"])
    """
    assert measured_code(project, data, code, COVERAGE_FILE="theirs") == "theirs\n"
    assert _FIRST in _lines(project, data)
    assert sorted(path.name for path in project.iterdir()) == [".coveragerc", "src"]


_SUBPROCESS = 'import subprocess; subprocess.run([sys.executable, "src/child.py"], check=True)'
_FORK = """
import os
pid = os.fork()
if not pid:
    jobs.second()
    os._exit(0)
os.waitpid(pid, 0)
"""
_MULTIPROCESSING = """
import multiprocessing
process = multiprocessing.get_context("METHOD").Process(target=jobs.second)
process.start()
process.join()
"""


@pytest.mark.parametrize(
    ("settings", "act"),
    [
        ("patch = subprocess\n", _SUBPROCESS),
        ("patch = fork, subprocess, _exit\n", _FORK),
        ("concurrency = multiprocessing\n", _MULTIPROCESSING.replace("METHOD", "fork")),
        ("concurrency = multiprocessing\n", _MULTIPROCESSING.replace("METHOD", "spawn")),
    ],
)
def test_what_children_run_is_measured_where_the_project_asks_for_it(
    tmp_path: Path, settings: str, act: str
) -> None:
    project, data = _project(tmp_path, settings), tmp_path / "data"
    measured_code(project, data, f"import jobs\njobs.first()\n{act}\nmeasurement.finish()")
    assert {_FIRST, _SECOND} <= _lines(project, data)
    assert not list(project.glob(".coverage.*"))


def test_a_termination_saves_where_the_project_asks_for_it(tmp_path: Path) -> None:
    project, data = _project(tmp_path, "sigterm = true\n"), tmp_path / "data"
    code = "import jobs, time; jobs.first(); print('ran', flush=True); time.sleep(60)"
    child = start_measured_code(project, data, code)
    assert child.stdout is not None
    assert child.stdout.readline() == "ran\n"
    child.terminate()
    child.communicate()
    assert _FIRST in _lines(project, data)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ("branch = perhaps", "Couldn't read config file .coveragerc: Not a boolean: perhaps"),
        ("concurrency = magic", "Unknown concurrency choices: magic"),
        ("plugins = no_such_plugin", "No module named 'no_such_plugin'"),
    ],
)
def test_a_configuration_that_coverage_refuses_is_named(
    tmp_path: Path, settings: str, reason: str
) -> None:
    project = plant(tmp_path / "shop", {".coveragerc": f"[run]\n{settings}\n"})
    with pytest.raises(MoonpoolError) as caught:
        start(project, tmp_path / "data", "main")
    assert caught.value.message == (f"coverage.py refuses the configuration of `shop`: {reason}")
    assert caught.value.hint == f"mend it, then run `coverage debug config` in `{project}`"
    assert caught.value.slug == "coverage-configuration"
    assert caught.value.exit_code == ExitCode.COVERAGE


def test_moonpools_own_frames_are_not_the_projects(tmp_path: Path) -> None:
    project = plant(tmp_path / "project", {"a.py": "from moonpool.units import format_bytes\n"})
    data = tmp_path / "data"
    measured_code(project, data, "import runpy; runpy.run_path('a.py'); measurement.finish()")
    summary = write_project_data(project, data, data / "out", workspace_root=tmp_path.parent)
    assert summary.outside == 0
    assert [name for name in read_data_file(data / "out").files if "moonpool" in name] == []


def test_the_configuration_is_found_from_the_project_and_not_from_the_working_directory(
    tmp_path: Path,
) -> None:
    project = _project(tmp_path, "branch = true\n")
    code = """
import sys
from pathlib import Path
from moonpool.coverage.measure import start
measurement = start(Path(sys.argv[1]), Path(sys.argv[2]), "main")
sys.path.insert(0, str(Path(sys.argv[1]) / "src"))
import jobs
measurement.finish()
print(Path.cwd() == Path(sys.argv[3]).resolve())
"""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    arguments = ["-c", code, str(project), str(tmp_path / "data"), str(elsewhere)]
    assert run(arguments, elsewhere).stdout == "True\n"
    summary = write_project_data(project, tmp_path / "data", tmp_path / "out")
    assert summary.branches
    assert sorted(read_data_file(tmp_path / "out").files) == ["src/child.py", "src/jobs.py"]


def test_saving_warns_about_nothing_that_only_the_whole_run_can_know(tmp_path: Path) -> None:
    project = plant(
        tmp_path / "project", {".coveragerc": "[run]\nsource_pkgs = absent\n", "src/a.py": ""}
    )
    code = """
        import warnings
        warnings.simplefilter("error")
        measurement.save()
        measurement.finish()
    """
    assert measured_code(project, tmp_path / "data", code) == ""
