"""Coverage of a run, whoever measures: equal to a serial `coverage run -m pytest`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

from tests.machine.planting import plant_recording

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import PytestProject

CONFIG = """
[tool.pytest.ini_options]
pythonpath = ["src"]
{pytest}
[tool.coverage.run]
branch = true
source = ["src"]
"""
PACKAGE = """
def sign(number):
    if number > 0:
        return 1
    if number < 0:
        return -1
    return 0


def unused():
    return None
"""


@pytest.fixture
def measured(project: PytestProject) -> PytestProject:
    """A project with a coverage configuration and tests that each see a part of it."""
    project.write("pyproject.toml", CONFIG.format(pytest=""))
    project.write("src/package/__init__.py", "from package.numbers import sign\n")
    project.write("src/package/numbers.py", PACKAGE)
    for name, number in (("plus", 3), ("minus", -3), ("zero", 0)):
        text = f"from package import sign\ndef test_{name}(): assert abs(sign({number})) <= 1\n"
        project.write(f"tests/test_{name}.py", text)
    return project


def _arcs(path: Path, root: Path) -> dict[str, list[tuple[int, int]]]:
    data = CoverageData(basename=str(path))
    data.read()
    return {
        name.removeprefix(f"{root}/"): sorted(data.arcs(name) or [])
        for name in sorted(data.measured_files())
    }


def _serial(project: PytestProject) -> dict[str, list[tuple[int, int]]]:
    done = project.run(sys.executable, "-m", "coverage", "run", "-m", "pytest", "-p", "no:moonpool")
    assert done.returncode == 0, done.stdout
    return _arcs(project.root / ".coverage", project.root)


@pytest.mark.parametrize("words", [["-n", "0"], ["-n", "2"], ["-n", "3"]])
def test_the_projects_file_equals_a_serial_run(measured: PytestProject, words: list[str]) -> None:
    done = measured.test(*words)
    assert done.returncode == 0, done.stdout
    found = _arcs(measured.root / ".moonpool" / "coverage", measured.root)
    assert found == _serial(measured)
    assert found["src/package/numbers.py"]
    assert not list((measured.root / ".moonpool").glob("run-*"))


def test_a_project_without_coverage_configuration_is_not_measured(project: PytestProject) -> None:
    project.tests(files=1)
    project.test()
    assert not (project.root / ".moonpool" / "coverage").exists()


def test_the_setting_decides(measured: PytestProject) -> None:
    measured.test(MOONPOOL_COVERAGE="off")
    assert not (measured.root / ".moonpool" / "coverage").exists()


def test_data_of_an_earlier_run_does_not_pass_for_this_ones(measured: PytestProject) -> None:
    measured.test("-n", "0")
    measured.test("-n", "0", MOONPOOL_COVERAGE="off")
    assert not (measured.root / ".moonpool" / "coverage").exists()


def test_moon_may_run_some_tests_because_it_hashes_the_arguments(measured: PytestProject) -> None:
    measured.test("-n", "0", "tests/test_plus.py", MOON_TASK_HASH="0123abcd")
    part = _arcs(measured.root / ".moonpool" / "coverage", measured.root)
    assert part["src/package/numbers.py"]


def test_a_run_of_some_tests_does_not_replace_the_projects_file(measured: PytestProject) -> None:
    measured.test("-n", "0")
    whole = (measured.root / ".moonpool" / "coverage").read_bytes()
    done = measured.test("-n", "0", "tests/test_plus.py")
    assert "coverage of this selection is in `.moonpool/coverage-partial`" in done.stderr
    assert (measured.root / ".moonpool" / "coverage").read_bytes() == whole
    part = _arcs(measured.root / ".moonpool" / "coverage-partial", measured.root)
    assert len(part["src/package/numbers.py"]) < len(_serial(measured)["src/package/numbers.py"])


@pytest.mark.parametrize("workers", ["0", "2"])
def test_pytest_cov_measures_alone_and_its_data_is_taken(
    measured: PytestProject, workers: str
) -> None:
    measured.write("pyproject.toml", CONFIG.format(pytest="addopts = '--cov=src --cov-branch'"))
    done = measured.test("-n", workers)
    assert done.returncode == 0, done.stdout
    assert "src/package/numbers.py" in done.stdout
    found = _arcs(measured.root / ".moonpool" / "coverage", measured.root)
    measured.write("pyproject.toml", CONFIG.format(pytest=""))
    assert found == _serial(measured)


def test_what_is_measured_of_an_installed_package_is_missed_aloud(measured: PytestProject) -> None:
    installed = measured.root.parent / "site-packages"
    (measured.root / "src").rename(installed)
    config = CONFIG.replace('source = ["src"]', 'source_pkgs = ["package"]').format(pytest="")
    measured.write("pyproject.toml", config)
    done = measured.test("-n", "0", PYTHONPATH=str(installed))
    assert done.returncode == 0, done.stdout
    assert (
        "measured files of installed packages are not in the coverage, such as "
        f"`{installed}/package/__init__.py`; `[paths]` of coverage.py maps them to their sources"
    ) in done.stderr


def test_no_cov_means_no_coverage(measured: PytestProject) -> None:
    measured.write("pyproject.toml", CONFIG.format(pytest="addopts = '--cov=src'"))
    assert measured.test("-n", "0", "--no-cov").returncode == 0
    assert not (measured.root / ".moonpool" / "coverage").exists()


def test_plain_pytest_can_ask_for_it(measured: PytestProject) -> None:
    assert measured.pytest("--moonpool-coverage").returncode == 0
    found = _arcs(measured.root / ".moonpool" / "coverage", measured.root)
    assert found["src/package/numbers.py"]


def test_a_killed_worker_keeps_what_it_saved_between_files(measured: PytestProject) -> None:
    # Longer than the pause between two saves, which depends on what a save costs.
    measured.write("tests/test_zz_a_waits.py", "import time\ndef test_it(): time.sleep(2)\n")
    measured.write(
        "tests/test_zz_crash.py",
        "import os, signal\nfrom package.numbers import unused\n"
        "def test_crash():\n    unused()\n    os.kill(os.getpid(), signal.SIGKILL)\n",
    )
    done = measured.test("-n", "1", "--dist", "load")
    assert done.returncode == 1
    found = _arcs(measured.root / ".moonpool" / "coverage", measured.root)
    assert {line for arc in found["src/package/numbers.py"] for line in arc} >= {3, 4, 5, 6, 7}
    assert "was killed: what it ran after its last finished file" in done.stderr


def test_a_worker_that_takes_its_time_to_end_is_waited_for(
    measured: PytestProject, tmp_path: Path
) -> None:
    machine = plant_recording("github-runner", tmp_path / "machine")
    (tmp_path / "pool").mkdir(mode=0o700)
    measured.environ["MOONPOOL_MACHINE_ROOT"] = str(machine)
    measured.environ["MOONPOOL_POOL_DIR"] = str(tmp_path / "pool")
    names = [f"tests/test_{name}.py" for name in ("plus", "minus", "zero")]
    measured.remember(*names, seconds=30.0, tests=1)
    measured.write(
        "conftest.py",
        "import time\n"
        "def pytest_unconfigure(config):\n"
        "    if hasattr(config, 'workerinput'): time.sleep(1.5)\n",
    )
    done = measured.test()
    assert "moonpool: 3 workers: " in done.stdout
    assert "was killed" not in done.stdout + done.stderr
    assert _arcs(measured.root / ".moonpool/coverage", measured.root) == _serial(measured)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_each_test_can_have_a_context_of_its_own(measured: PytestProject, workers: str) -> None:
    measured.test("-n", workers, MOONPOOL_CONTEXTS="test")
    data = CoverageData(basename=str(measured.root / ".moonpool" / "coverage"))
    data.read()
    assert data.measured_contexts() == {
        "",
        *(f"tests/test_{name}.py::test_{name}" for name in ("minus", "plus", "zero")),
    }
    returns = data.contexts_by_lineno("src/package/numbers.py")
    assert {line: returns[line] for line in (4, 6, 7)} == {
        4: ["tests/test_plus.py::test_plus"],
        6: ["tests/test_minus.py::test_minus"],
        7: ["tests/test_zero.py::test_zero"],
    }
