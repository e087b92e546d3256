"""The main job over the example projects, as a user runs it: real moon, real workers, Postgres."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

from moonpool.moon import Workspace, read_run_report
from tests.support.moon import REPOSITORY, MoonWorkspace, moon_workspace
from tests.support.postgres import OWN_PORT, needs_postgres

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES = ("core", "statements")


@pytest.fixture
def libraries(tmp_path: Path) -> MoonWorkspace:
    """A workspace with two of the examples, one of which depends on the other."""
    return _workspace(tmp_path, *LIBRARIES)


def _workspace(tmp_path: Path, *names: str) -> MoonWorkspace:
    workspace = moon_workspace(tmp_path / "workspace", real=True)
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    sources = []
    for name in names:
        target = workspace.root / "packages" / name
        shutil.copytree(REPOSITORY / "examples" / name, target, ignore=ignored)
        sources.append(str(target / "src"))
    # Before the editable installs of this repository's own examples.
    workspace.environ["PYTHONPATH"] = ":".join(sources)
    workspace.commit()
    return workspace


def _executed(data_file: Path, root: Path) -> dict[str, tuple[set[int], set[tuple[int, int]]]]:
    data = CoverageData(basename=str(data_file))
    data.read()
    return {
        name.removeprefix(f"{root}/"): (set(data.lines(name) or ()), set(data.arcs(name) or ()))
        for name in data.measured_files()
    }


def _serial(
    workspace: MoonWorkspace, name: str
) -> dict[str, tuple[set[int], set[tuple[int, int]]]]:
    root = workspace.root / "packages" / name
    done = workspace.run(
        *("env", "-C", str(root), sys.executable, "-m", "coverage", "run", "-m"),
        *("pytest", "-q", "-p", "no:moonpool", "-p", "no:cacheprovider"),
    )
    assert done.returncode == 0
    found = _executed(root / ".coverage", root)
    (root / ".coverage").unlink()
    return {f"packages/{name}/{path}": executed for path, executed in found.items()}


def _tested(workspace: MoonWorkspace) -> dict[str, str]:
    report = read_run_report(Workspace(workspace.root))
    return {target: state for target, state in report.items() if target.endswith(":test")}


def test_one_command_tests_everything_and_combines_exact_coverage(
    libraries: MoonWorkspace,
) -> None:
    first = libraries.moon("run", ":ci", MOONPOOL_WORKERS="2")
    for name in LIBRARIES:
        assert f"{name}:test" in first.stdout
    assert first.stdout.count("moonpool: 2 workers: MOONPOOL_WORKERS asks for 2") == 2
    total = next(line for line in first.stdout.splitlines() if "| Total " in line)
    combined = libraries.root / ".moonpool" / "combined"
    found = _executed(combined / "coverage", libraries.root)
    second = libraries.moon("run", ":ci")
    assert _tested(libraries) == dict.fromkeys(["core:test", "statements:test"], "cached")
    assert total in second.stdout
    assert found == _executed(combined / "coverage", libraries.root)
    serial = [_serial(libraries, name) for name in LIBRARIES]
    assert found == serial[0] | serial[1]
    assert {path.name for path in combined.iterdir()} >= {
        "coverage.xml",
        "coverage.json",
        "lcov.info",
        "summary.md",
        "html",
    }


def test_a_library_re_tests_its_dependents_and_its_tests_only_itself(
    libraries: MoonWorkspace,
) -> None:
    targets = [f"{name}:test" for name in LIBRARIES]
    libraries.moon("run", *targets)
    source = libraries.root / "packages/core/src/core/money.py"
    source.write_text(source.read_text() + "\n# A comment more.\n")
    libraries.moon("run", *targets)
    assert _tested(libraries) == {"core:test": "passed", "statements:test": "passed"}
    test = libraries.root / "packages/core/tests/test_money.py"
    test.write_text(test.read_text() + "\n# A comment more.\n")
    libraries.moon("run", *targets)
    assert _tested(libraries) == {"core:test": "passed", "statements:test": "cached"}


def test_arguments_reach_pytest(libraries: MoonWorkspace) -> None:
    done = libraries.moon("run", "core:test", "--", "-n", "3", "-k", "test_money or test_rounding")
    assert "moonpool: 3 workers: `-n` asks for 3" in done.stdout
    assert "created: 3/3 workers" in done.stdout


PROBES = "test_name or test_database"


@needs_postgres
def test_each_worker_of_the_backend_has_its_own_database(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path, "core", "statements", "backend")
    probe = (
        "import os, pathlib, time\nimport sqlalchemy\n"
        "from backend.database import engine\n"
        "def test_name():\n"
        "    with engine.connect() as connection:\n"
        "        name = connection.scalar(sqlalchemy.text('select current_database()'))\n"
        f"    folder = pathlib.Path({str(tmp_path)!r})\n"
        "    (folder / f'name-{name}').touch()\n"
        "    deadline = time.monotonic() + 60\n"
        "    # The other worker gets a file too, however late it has started.\n"
        "    while 'PYTEST_XDIST_WORKER' in os.environ and time.monotonic() < deadline:\n"
        "        if len(list(folder.glob('name-*_gw*'))) > 1:\n"
        "            break\n"
        "        time.sleep(0.05)\n"
    )
    for number in range(4):
        workspace.write(f"packages/backend/tests/test_probe_{number}.py", probe)
    workspace.moon("run", "backend:test", "--", "-n", "2", "-k", PROBES, PGPORT=OWN_PORT)
    names = {path.name for path in tmp_path.glob("name-*")}
    assert names == {"name-ledger_test_gw0", "name-ledger_test_gw1"}
    workspace.moon("run", "backend:test", "--", "-n", "0", "-k", PROBES, PGPORT=OWN_PORT)
    assert {path.name for path in tmp_path.glob("name-*")} - names == {"name-ledger_test"}
