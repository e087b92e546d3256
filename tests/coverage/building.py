"""Small projects on disk, and real processes that measure them."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

from coverage import CoverageData

from tests.support.project import FEWER_PLUGINS

if TYPE_CHECKING:
    from pathlib import Path

# pytest under our measurement: `DATA_DIR PROCESS PYTEST_ARGS...`.
_MEASURED_PYTEST = """
import sys
from pathlib import Path
from moonpool.coverage.measure import start
measurement = start(Path.cwd(), Path(sys.argv[1]), sys.argv[2])
import pytest
code = pytest.main(sys.argv[3:])
measurement.finish()
sys.exit(code)
"""

# Any code under our measurement, which it knows as `measurement`.
_MEASURED_CODE = """
import sys
from pathlib import Path
from moonpool.coverage.measure import start
measurement = start(Path.cwd(), Path(sys.argv[1]), "main")
sys.path.insert(0, "src")
exec(sys.argv[2])
"""

_PYTEST = ("-q", "-p", "no:moonpool", "-p", "no:cacheprovider", "-p", "no:cov")


def plant(root: Path, files: dict[str, str]) -> Path:
    """Write ``files`` below ``root`` and return it."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return root


def clean_environ(**more: str) -> dict[str, str]:
    """Return this process's environment without what steers pytest, coverage.py or moonpool."""
    steering = ("COV", "PYTEST", "MOON", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(steering)}
    return {**kept, **FEWER_PLUGINS, "PYTHONDONTWRITEBYTECODE": "1", **more}


def run(arguments: list[str], cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python and return what it did; it must succeed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=clean_environ(**more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def serial(project: Path, **more: str) -> Path:
    """Measure the whole suite as coverage.py itself does and return the data file."""
    run(["-m", "coverage", "run", "-m", "pytest", *_PYTEST], project, **more)
    if list(project.glob(".coverage.*")):
        run(["-m", "coverage", "combine", "-q"], project, **more)
    return project / ".coverage"


def measured(project: Path, data_dir: Path, process: str, *tests: str, **more: str) -> None:
    """Run some test files in one process under our measurement."""
    arguments = ["-c", _MEASURED_PYTEST, str(data_dir), process, *_PYTEST, *tests]
    run(arguments, project, **more)


def measured_code(project: Path, data_dir: Path, code: str, **more: str) -> str:
    """Run ``code`` under our measurement, called ``measurement`` in it; return its output."""
    return run(["-c", _MEASURED_CODE, str(data_dir), dedent(code)], project, **more).stdout


def start_measured_code(project: Path, data_dir: Path, code: str) -> subprocess.Popen[str]:
    """Start ``code`` under our measurement without waiting for its end."""
    return subprocess.Popen(
        [sys.executable, "-c", _MEASURED_CODE, str(data_dir), dedent(code)],
        cwd=project,
        env=clean_environ(),
        stdout=subprocess.PIPE,
        text=True,
    )


def contents(path: Path, root: Path) -> dict[str, dict[str, object]]:
    """Return all that coverage.py reads from a data file, under names relative to ``root``."""
    data = CoverageData(basename=str(path))
    data.read()
    return {
        os.path.relpath(root / name, root): {
            "lines": sorted(data.lines(name) or ()),
            "arcs": sorted(data.arcs(name) or ()),
            "contexts": {
                line: sorted(contexts) for line, contexts in data.contexts_by_lineno(name).items()
            },
            "tracer": data.file_tracer(name),
        }
        for name in sorted(data.measured_files())
    }
