"""Projects on one machine of four CPUs, as a recording has it, with a pool of their own."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from tests.machine.planting import plant_recording
from tests.support.project import PytestProject, clean_environment

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILES", "TESTS", "SharedMachine", "SharedProject"]

# Notes the worker that begins the test, and goes no further while the project is held.
TEST = """
import os, pathlib, time
import pytest

@pytest.mark.parametrize("number", range(4))
def test_it(number):
    with open("began", "a") as began:
        began.write(os.environ.get("PYTEST_XDIST_WORKER", "main") + "\\n")
    while pathlib.Path("held").exists():
        time.sleep(0.05)
    time.sleep(0.25)
"""
FILES, TESTS = 24, 96

# Far longer than any of these runs takes on a busy machine.
_DEADLOCK_SECONDS = 300.0


@dataclass(frozen=True)
class SharedProject(PytestProject):
    """A project of 24 files that sleep a second each, which it knows, on a shared machine."""

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Begin `moonpool test`; both outputs come as one text."""
        command = [sys.executable, "-m", "moonpool", "test", "--junitxml=junit.xml", *words]
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def hold(self) -> None:
        """Let each test that begins wait for the release."""
        (self.root / "held").touch()

    def release(self) -> None:
        """Let the tests go on."""
        (self.root / "held").unlink()

    def forget(self) -> None:
        """Let nothing be known of the project, as before its first run."""
        (self.root / ".moonpool" / "history.jsonl").unlink()

    @property
    def began(self) -> list[str]:
        """The worker of each test, in the order in which they began."""
        return (self.root / "began").read_text().split()

    @property
    def seen_workers(self) -> set[str]:
        """The workers that have begun a test."""
        return set(self.began)

    def await_workers(self, count: int, run: subprocess.Popen[str]) -> None:
        """Wait until so many workers have begun a test."""
        while len(self.seen_workers) < count:
            assert run.poll() is None
            time.sleep(0.02)

    def see_waiting(self, run: subprocess.Popen[str], holder: str) -> str:
        """See that a run waits for another one's workers and tests nothing; return its words."""
        waiting = f"moonpool: waiting for a worker; workers held by other runs: {holder}\n"
        assert run.stdout is not None
        assert run.stdout.readline() == waiting
        assert self.seen_workers == set()
        return waiting

    def finish(self, run: subprocess.Popen[str], code: int = 0, tests: int = TESTS) -> str:
        """Wait for a run's end, see that each test was reported once, and return the output."""
        output, _ = run.communicate(timeout=_DEADLOCK_SECONDS)
        assert run.returncode == code, output
        cases = ElementTree.parse(self.root / "junit.xml").iter("testcase")
        reported = [f"{case.get('classname')}::{case.get('name')}" for case in cases]
        assert len(reported) == len(set(reported)) == tests, output
        return output


@dataclass(frozen=True)
class SharedMachine:
    """The folder with the machine's files, the pool and all projects."""

    folder: Path

    @property
    def root(self) -> Path:
        """The root of the machine's `/proc` and `/sys`."""
        return self.folder / "machine"

    def rewrite(self, path: str, old: str, new: str) -> str:
        """Return code that changes a file of the machine, for a test to run."""
        file = str(self.root / path)
        changed = f"path.read_text().replace({old!r}, {new!r})"
        return f"path = pathlib.Path({file!r}); path.write_text({changed})"

    def project(self, name: str) -> SharedProject:
        """Make a project that knows what its files take."""
        environ = clean_environment(
            MOONPOOL_MACHINE_ROOT=str(self.root), MOONPOOL_POOL_DIR=str(self.folder / "pool")
        )
        project = SharedProject(self.folder / name, environ)
        names = [f"tests/test_{number:02}.py" for number in range(FILES)]
        for path in names:
            project.write(path, TEST)
        project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
        project.write("began", "")
        project.remember(*names, seconds=1.0, tests=4)
        return project


def shared_machine(folder: Path) -> SharedMachine:
    """Plant the machine and its empty pool in a folder."""
    plant_recording("github-runner", folder / "machine")
    (folder / "pool").mkdir(mode=0o700)
    return SharedMachine(folder)
