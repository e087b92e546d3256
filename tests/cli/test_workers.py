from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.machine.planting import plant_recording

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import PytestProject

needs_taskset = pytest.mark.skipif(
    shutil.which("taskset") is None or not hasattr(os, "sched_getaffinity"),
    reason="the system has no CPU affinity that `taskset` could set",
)


def test_the_number_alone_is_printed_without_options(project: PytestProject) -> None:
    project.tests(files=2)
    done = project.moonpool("workers", MOONPOOL_WORKERS="3")
    assert (done.returncode, done.stdout) == (0, "3\n")


def test_json_tells_number_bound_and_reasons(project: PytestProject) -> None:
    project.tests(files=2)
    answer = project.workers()
    assert answer["version"] == 1
    assert answer["workers"] == 1
    assert answer["in_process"] is True
    assert answer["bound_by"] == "payback"
    assert answer["reasons"][0].startswith("40 ms of tests (estimated)")
    assert next(limit["limit"] for limit in answer["considered"]) == "cpu"


def test_explain_shows_each_limit_and_marks_the_one_that_bound(project: PytestProject) -> None:
    project.tests(files=2)
    lines = project.moonpool("workers", "--explain").stdout.splitlines()
    assert lines[0].startswith("1 worker, in pytest's own process; bound by payback: 40 ms of")
    assert [line.split()[0] for line in lines[1:]][-1] == "*"
    assert any(" files " in line and "2 test files, each on one worker" in line for line in lines)


@needs_taskset
def test_one_cpu_of_affinity_is_one_worker(project: PytestProject) -> None:
    project.tests(files=40, each=100)
    first = min(os.sched_getaffinity(0))
    words = ["moonpool", "workers", "--json"]
    import sys

    done = project.run("taskset", "-c", str(first), sys.executable, "-m", *words)
    answer = json.loads(done.stdout)
    assert answer["workers"] == 1
    assert answer["cpus"] == 1.0
    assert answer["bound_by"] == "cpu"


def test_pytests_arguments_are_looked_at(project: PytestProject) -> None:
    project.tests(files=3, each=4000)
    assert project.workers(MOONPOOL_WORKERS="auto")["considered"][-2]["workers"] == 3
    one = project.workers("tests/test_000.py")
    assert (one["workers"], one["bound_by"]) == (1, "files")


def test_a_configuration_that_pytest_refuses_is_told(project: PytestProject) -> None:
    project.write("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '--nonsense'\n")
    done = project.moonpool("workers")
    assert done.returncode == 65
    assert done.stdout == ""
    assert done.stderr.startswith(
        "error: pytest refuses this project's configuration or arguments:\n"
    )
    assert "unrecognized arguments: --nonsense" in done.stderr
    assert done.stderr.endswith("hint: run `pytest --collect-only` in the project\n")


def test_a_wrong_setting_is_told(project: PytestProject) -> None:
    project.write("pyproject.toml", "[tool.moonpool]\nworkers = -1\n")
    done = project.moonpool("workers", "--json")
    assert done.returncode == 65
    assert "`workers` in [tool.moonpool] is `-1`, expected `auto`" in done.stderr


def test_limits_of_ancestors_bind_and_are_named(project: PytestProject, tmp_path: Path) -> None:
    root = plant_recording("kubernetes-v2-nested", tmp_path / "machine")
    project.tests(files=40, each=200)
    answer = project.workers("--root", str(root))
    assert (answer["workers"], answer["cpus"], answer["bound_by"]) == (1, 1.5, "cpu")
    pods = f"{root}/sys/fs/cgroup/kubepods.slice"
    assert answer["reasons"] == [f"1.5 CPUs ({pods}/kubepods-burstable.slice/cpu.max)"]
    memory = answer["considered"][1]
    assert memory["limit"] == "memory"
    assert f" of 1.0 GiB ({pods}/memory.max), less a reserve of 256.0 MiB" in memory["reason"]


def test_what_could_not_be_read_is_told(project: PytestProject, tmp_path: Path) -> None:
    root = plant_recording("unreadable", tmp_path / "machine")
    project.tests(files=2)
    answer = project.workers("--root", str(root))
    assert answer["doubts"]
    explained = project.moonpool("workers", "--explain", "--root", str(root)).stdout
    assert explained.endswith("".join(f" ? {doubt}\n" for doubt in answer["doubts"]))
