"""`jobserver = true`: what the tests start shares the machine's pool as well."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from moonpool.plugin.lending import jobserver_flags
from moonpool.pool.lending import can_lend
from tests.plugin.shared_machine import shared_machine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.shared_machine import SharedProject

pytestmark = pytest.mark.skipif(not can_lend(), reason="this system has no FIFOs")

# Three more slots of the four: the test has the first one.
TEST = """
import os, time
from moonpool.pool.tokens import open_tokens

def test_it():
    tokens = open_tokens()
    found, deadline = 0, time.monotonic() + 60
    while found < {wanted} and time.monotonic() < deadline:
        found = tokens.reserve(9)
        time.sleep(0.05)
    assert tokens.reserve(9) == {wanted}
    tokens.close()
"""


def _project(folder: Path, wanted: int) -> SharedProject:
    project = shared_machine(folder).project("project")
    shutil.rmtree(project.root / "tests")
    project.write("tests/test_it.py", TEST.format(wanted=wanted))
    project.write("pyproject.toml", "[tool.moonpool]\njobserver = true\n")
    return project


def _fake_make(folder: Path, name: str) -> str:
    make = folder / "bin" / "make"
    make.parent.mkdir()
    make.write_text(f"#!/bin/sh\necho '{name}'\n")
    make.chmod(0o755)
    return str(make.parent)


def test_tests_get_the_slots_that_no_worker_has(tmp_path: Path) -> None:
    project = _project(tmp_path, wanted=4)
    done = project.test("-n", "0", PATH=_fake_make(tmp_path, "GNU Make 4.4.1"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list((tmp_path / "pool").glob("*/*.fifo"))


def test_workers_are_told_too(tmp_path: Path) -> None:
    project = _project(tmp_path, wanted=3)
    done = project.test("-n", "2", PATH=_fake_make(tmp_path, "GNU Make 4.4.1"))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("GNU Make 4.3", "`make` is 4.3, which fails where it finds one; 4.4 understands it"),
        ("usage: make", "`make` is not GNU make, and what it does with one is not known"),
    ],
)
def test_a_make_that_would_fail_finds_none(tmp_path: Path, name: str, reason: str) -> None:
    project = _project(tmp_path, wanted=1)
    project.write(
        "tests/test_it.py", "import os\ndef test(): assert 'MAKEFLAGS' not in os.environ\n"
    )
    done = project.test("-n", "0", PATH=_fake_make(tmp_path, name))
    assert done.returncode == 0, done.stdout + done.stderr
    assert reason in done.stdout


def test_without_the_key_there_is_none(tmp_path: Path) -> None:
    project = _project(tmp_path, wanted=1)
    project.write("pyproject.toml", "")
    project.write(
        "tests/test_it.py", "import os\ndef test(): assert 'MAKEFLAGS' not in os.environ\n"
    )
    done = project.test("-n", "0")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ("", " -j4 --jobserver-auth=fifo:/f"),
        ("k", " k -j4 --jobserver-auth=fifo:/f"),
        (" -k -- A=1", " -k -j4 --jobserver-auth=fifo:/f -- A=1"),
    ],
)
def test_flags_stand_in_front_of_variables(flags: str, told: str) -> None:
    assert jobserver_flags(flags, 4, "/f") == told
