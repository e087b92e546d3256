"""`make -j4` over three targets that are moonpool runs: never more than four busy workers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.plugin.shared_machine import TESTS, shared_machine

if TYPE_CHECKING:
    from pathlib import Path

MAKE = shutil.which("make")
NAMES = ("first", "second", "third")
# Of sixteen CPUs, so that only the jobserver holds the runs back.
SIXTEEN = "0-15\n"


@pytest.mark.skipif(MAKE is None, reason="there is no make")
def test_three_targets_keep_within_the_slots_of_make(tmp_path: Path) -> None:
    machine = shared_machine(tmp_path)
    (machine.root / "sys/devices/system/cpu/online").write_text(SIXTEEN)
    projects = [machine.project(name) for name in NAMES]
    for project in projects:
        project.write("conftest.py", _NOTES)
    program = f"{sys.executable} -m moonpool test"
    recipes = "".join(f"{name}:\n\t+cd {name} && {program}\n" for name in NAMES)
    targets = " ".join(NAMES)
    (tmp_path / "Makefile").write_text(f".PHONY: all {targets}\nall: {targets}\n{recipes}")
    done = subprocess.run(
        ["make", "-j4", "all"],
        cwd=tmp_path,
        env=projects[0].environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(f"{TESTS} passed") == len(NAMES)
    assert 1 < _most_at_once(tmp_path) <= 4


_NOTES = """
import pathlib, time
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    began = time.monotonic()
    try:
        return (yield)
    finally:
        with open("../spans", "a") as spans:
            spans.write(f"{began} {time.monotonic()}\\n")
"""


def _most_at_once(folder: Path) -> int:
    """Return the most tests that ran at one moment."""
    turns: list[tuple[float, int]] = []
    for line in (folder / "spans").read_text().splitlines():
        began, ended = map(float, line.split())
        turns += [(began, 1), (ended, -1)]
    running = most = 0
    for _, step in sorted(turns):
        running += step
        most = max(most, running)
    return most
