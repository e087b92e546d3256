"""A Python project in a folder of its own, tested by real pytest processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moonpool.config import find_places
from moonpool.history import FileRun, RunRecord, StartRun, add_run

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FEWER_PLUGINS", "PytestProject", "clean_environment"]

# These two take half of a short pytest's time, and no project that a test writes needs them.
FEWER_PLUGINS = {"PYTEST_ADDOPTS": "-p no:hypothesispytest -p no:anyio"}

# A day on which nothing that a test remembers is old enough to be forgotten.
_FAR_AHEAD = 100_000

_DROPPED = ("MOON", "PYTEST", "COVERAGE_", "COV_CORE", "DATABASE_URL", "GITHUB_", "OMP_")


def clean_environment(**changes: str) -> dict[str, str]:
    """Return this process's environment without what a surrounding run put into it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_DROPPED)}
    return kept | FEWER_PLUGINS | changes


@dataclass(frozen=True)
class PytestProject:
    """A project's folder; commands run there with a clean environment."""

    root: Path
    environ: dict[str, str] = field(default_factory=clean_environment, repr=False)

    def write(self, path: str, text: str) -> Path:
        """Write a file of the project, with its folders."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def tests(self, files: int, each: int = 2, seconds: float = 0.0) -> None:
        """Write test files of passing tests that sleep."""
        for number in range(files):
            lines = ["import time"]
            lines += [f"def test_{n}(): time.sleep({seconds})" for n in range(each)]
            self.write(f"tests/test_{number:03}.py", "\n".join(lines) + "\n")

    def remember(self, *paths: str, seconds: float, tests: int) -> None:
        """Write a history in which each of these files took so long, and workers start quickly."""
        files = {path: FileRun(seconds, tests) for path in paths}
        path = find_places(self.root, self.environ).history_file
        for start in (StartRun(0, 0.3, 0.3, 4.0), StartRun(4, 0.8, 0.3, 4.0)):
            add_run(path, RunRecord("some machine", files, start, day=_FAR_AHEAD))

    def run(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project; both outputs come as text."""
        return subprocess.run(
            words,
            cwd=self.root,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def moonpool(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the `moonpool` program."""
        return self.run(sys.executable, "-m", "moonpool", *words, **environ)

    def test(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run `moonpool test`."""
        return self.moonpool("test", *words, **environ)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the `moonpool` program; what it says goes nowhere."""
        return subprocess.Popen(
            [sys.executable, "-m", "moonpool", *words],
            cwd=self.root,
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def pytest(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run plain pytest, with our plugin merely installed."""
        return self.run(sys.executable, "-m", "pytest", *words, **environ)

    def workers(self, *words: str, **environ: str) -> dict[str, Any]:
        """Return what `moonpool workers --json` answers."""
        done = self.moonpool("workers", "--json", *words, **environ)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert isinstance(answer, dict)
        return answer
