"""What the task templates make moon do, with the real moon and a stand-in for `moonpool`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from moonpool.moon import Runner, render, task_templates, templates_folder
from tests.support.moon import MoonWorkspace, moon_workspace

PROJECTS = ["app:test", "core:test", "lib:test", "other:test"]


@pytest.fixture
def workspace(tmp_path: Path) -> MoonWorkspace:
    """Four projects: app depends on lib, lib on core; other stands alone."""
    workspace = moon_workspace(tmp_path / "workspace")
    workspace.project("core")
    workspace.project("lib", "core")
    workspace.project("app", "lib")
    workspace.project("other")
    workspace.commit()
    return workspace


def test_ci_tests_every_project_in_its_folder_and_then_combines(workspace: MoonWorkspace) -> None:
    workspace.moon("run", ":ci")
    packages = workspace.root / "packages"
    assert workspace.calls() == [
        *(f"{name}:test|test||{packages / name}" for name in ("app", "core", "lib", "other")),
        f"root:coverage|coverage combine||{workspace.root}",
    ]


def test_a_second_run_tests_nothing_and_combines_again(workspace: MoonWorkspace) -> None:
    workspace.moon("run", ":ci")
    workspace.calls()
    workspace.moon("run", ":ci")
    assert workspace.calls() == [f"root:coverage|coverage combine||{workspace.root}"]


def test_a_change_in_a_library_tests_all_that_is_built_upon_it(workspace: MoonWorkspace) -> None:
    workspace.moon("run", ":ci")
    workspace.tested()
    workspace.write("packages/core/src/core.py", "ANSWER = 43\n")
    workspace.moon("run", ":ci")
    assert workspace.tested() == ["app:test", "core:test", "lib:test"]


@pytest.mark.parametrize(
    "path", ["tests/test_core.py", "tests/data/rates.csv", "pytest.ini", "conftest.py", "README.md"]
)
def test_what_dependents_cannot_notice_tests_the_project_alone(
    workspace: MoonWorkspace, path: str
) -> None:
    workspace.moon("run", ":ci")
    workspace.tested()
    workspace.write(f"packages/core/{path}", "# changed\n")
    workspace.moon("run", ":ci")
    assert workspace.tested() == ["core:test"]


def test_what_tools_write_changes_nothing(workspace: MoonWorkspace) -> None:
    workspace.moon("run", ":ci")
    workspace.tested()
    for path in (
        ".venv/lib/x.py",
        ".pytest_cache/v/lastfailed",
        ".coverage",
        ".coverage.host.1",
        ".moonpool/junk",
        "src/__pycache__/core.pyc",
        "src/core.egg-info/PKG-INFO",
        "dist/core.whl",
        "build/lib/core.py",
        "htmlcov/index.html",
        "coverage.xml",
    ):
        workspace.write(f"packages/core/{path}", "written by a tool\n")
    workspace.moon("run", ":ci")
    assert workspace.tested() == []


@pytest.mark.parametrize(
    "path",
    ["uv.lock", "requirements.lock", "requirements/dev.txt", "pyproject.toml", "conftest.py"],
)
def test_the_workspaces_own_configuration_concerns_all(workspace: MoonWorkspace, path: str) -> None:
    workspace.moon("run", ":ci")
    workspace.tested()
    workspace.write(path, "# changed\n")
    workspace.moon("run", ":ci")
    assert workspace.tested() == PROJECTS


def test_variables_that_change_results_are_hashed_and_the_worker_count_is_not(
    workspace: MoonWorkspace,
) -> None:
    workspace.moon("run", "core:test")
    workspace.calls()
    workspace.moon("run", "core:test", MOONPOOL_WORKERS="7", DATABASE_URL="postgresql:///secret")
    assert workspace.tested() == []
    workspace.moon("run", "core:test", PYTEST_ADDOPTS="-k one")
    assert workspace.tested() == ["core:test"]


def test_another_interpreter_tests_again_and_the_first_one_is_remembered(
    workspace: MoonWorkspace, tmp_path: Path
) -> None:
    workspace.moon("run", "core:test")
    workspace.tested()
    newer = tmp_path / "newer" / "python"
    newer.parent.mkdir()
    newer.write_text("#!/bin/sh\necho Python 3.99.0\n")
    newer.chmod(0o755)
    path = f"{newer.parent}{os.pathsep}{workspace.environ['PATH']}"
    workspace.moon("run", "core:test", PATH=path)
    assert workspace.tested() == ["core:test"]
    workspace.moon("run", "core:test")
    assert workspace.tested() == []


def test_the_hash_holds_the_platform_and_no_absolute_path(workspace: MoonWorkspace) -> None:
    workspace.moon("run", "core:test")
    last = workspace.root / ".moon/cache/states/core/test/lastRun.json"
    name = json.loads(last.read_text())["hash"]
    manifest = (workspace.root / f".moon/cache/hashes/{name}.json").read_text()
    assert '"MOONPOOL_PLATFORM":"' in manifest
    assert str(workspace.root) not in manifest


@pytest.mark.parametrize("damage", ["delete", "change"])
def test_the_coverage_file_comes_back_from_the_cache(workspace: MoonWorkspace, damage: str) -> None:
    workspace.moon("run", "core:test")
    workspace.tested()
    data = workspace.root / "packages/core/.moonpool/coverage"
    if damage == "delete":
        data.unlink()
    else:
        data.write_text("stale")
    workspace.moon("run", "core:test")
    assert (data.read_text(), workspace.tested()) == ("core:test\n", [])


def test_a_run_that_measures_nothing_is_cached_too(workspace: MoonWorkspace) -> None:
    workspace.write("packages/core/unmeasured", "")
    workspace.moon("run", "core:test")
    assert workspace.tested() == ["core:test"]
    workspace.moon("run", "core:test")
    assert workspace.tested() == []


def test_arguments_after_two_dashes_arrive_as_they_are(workspace: MoonWorkspace) -> None:
    workspace.moon("run", "core:test", "--", "-n", "2", "-k", "it's [a $HOME] *")
    (call,) = workspace.calls()
    assert call.split("|")[1] == "test -n 2 -k it's [a $HOME] *"


def test_the_worker_count_reaches_every_task_through_the_environment(
    workspace: MoonWorkspace,
) -> None:
    workspace.moon("run", ":ci", MOONPOOL_WORKERS="4")
    assert [call.split("|")[2] for call in workspace.calls()] == ["4"] * 5


def test_a_root_with_tests_of_its_own_is_tested_before_the_coverage(tmp_path: Path) -> None:
    workspace = moon_workspace(tmp_path / "workspace")
    workspace.write("moon.yml", "tags: [moonpool-root, pytest]\n")
    workspace.write("tests/test_root.py", "def test_it() -> None: ...\n")
    workspace.project("core")
    workspace.commit()
    workspace.moon("run", ":ci")
    written = (workspace.root / ".moonpool/calls").read_text().splitlines()
    assert workspace.tested() == ["core:test", "root:test"]
    assert written[-1].startswith("root:coverage|")


def test_the_way_back_runs_pytest_in_the_project_without_moonpool(tmp_path: Path) -> None:
    workspace = moon_workspace(tmp_path / "workspace")
    workspace.project("core")
    workspace.write(
        "packages/core/tests/test_core.py",
        "from pathlib import Path\n"
        "def test_it(pytestconfig):\n"
        "    assert Path.cwd().name == 'core' == pytestconfig.rootpath.name\n"
        "    assert not pytestconfig.pluginmanager.has_plugin('moonpool')\n",
    )
    workspace.write("packages/core/pytest.ini", "[pytest]\n")
    workspace.commit()
    assert "1 passed" in workspace.moon("run", "core:test-plain").stdout


def test_programs_of_the_workspaces_virtualenv_are_found_without_activation(
    tmp_path: Path,
) -> None:
    workspace = moon_workspace(tmp_path / "workspace")
    workspace.project("core")
    programs = workspace.root / ".venv" / "bin"
    programs.mkdir(parents=True)
    stand_in = tmp_path / "workspace-programs" / "moonpool"
    stand_in.rename(programs / "moonpool")
    (programs / "python").symlink_to(Path(sys.executable))
    workspace.moonpool("init", "--runner", "venv", "--upgrade")
    workspace.commit()
    workspace.moon("run", "core:test")
    assert workspace.calls() == [f"core:test|test||{workspace.root}"]


@pytest.mark.parametrize("name", ["pytest", "workspace"])
@pytest.mark.parametrize("runner", [Runner("path"), Runner("venv", ".venv/bin"), Runner("uv")])
def test_moon_knows_every_word_of_the_templates(
    workspace: MoonWorkspace, name: str, runner: Runner
) -> None:
    workspace.moon("sync", "config-schemas")
    schema = json.loads((workspace.root / ".moon/cache/schemas/tasks.json").read_text())
    template = next(t for t in task_templates(templates_folder()) if t.name == name)
    text = render(template, major=2, runner=runner, version="1.0")
    jsonschema.validate(yaml.safe_load(text), schema)


def test_moon_accepts_the_files_without_a_warning(workspace: MoonWorkspace) -> None:
    done = workspace.moon("run", ":ci", MOON_LOG="warn")
    assert "WARN" not in done.stdout + done.stderr
