"""When a copy of a process would not be as good as a new one."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.project import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a safe fork")

ASKS = "\nfrom moonpool.forkserver import hindrance\nprint(hindrance({asked}))"


def _hindrance(begin: str, asked: str = "", files: tuple[int, ...] = (), **set_: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", begin + ASKS.format(asked=asked)],
        env=clean_environment(**set_),
        pass_fds=files,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_nothing_speaks_against_a_process_that_has_only_imported() -> None:
    assert _hindrance("import pytest, xdist") == "None"


@pytest.mark.parametrize(
    ("begin", "reason"),
    [
        (
            "import threading as t; t.Thread(target=t.Event().wait, daemon=True).start()",
            "a plugin has started a thread",
        ),
        ("kept = open('/etc/passwd')", "a plugin holds `/etc/passwd` open"),
        ("import sys; sys.settrace(lambda *_: None)", "a debugger or another tracer runs"),
        ("import sys; sys.setprofile(lambda *_: None)", "a profiler runs"),
        ("import os; os.close(0)", "a standard stream is closed"),
    ],
)
def test_what_a_copy_would_lack_or_share(begin: str, reason: str) -> None:
    assert _hindrance(begin) == reason


def test_a_file_that_the_copy_closes_may_be_open() -> None:
    assert _hindrance("kept = open('/etc/passwd')", "(kept.fileno(),)") == "None"


def test_a_file_from_before_the_interpreter_may_be_open() -> None:
    reading, writing = os.pipe()
    try:
        assert _hindrance("", files=(writing,)) == "None"
    finally:
        os.close(reading)
        os.close(writing)


def test_a_measurement_that_the_copy_ends_may_run() -> None:
    assert _hindrance("import sys; sys.settrace(lambda *_: None)", "measured=True") == "None"


def test_a_measurement_of_coverages_own_program_is_left_alone() -> None:
    assert _hindrance("", COVERAGE_RUN="true") == "`coverage run` measures this process"


def test_code_that_is_no_installed_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "of_ours.py").touch()
    found = _hindrance(f"import sys; sys.path.append({str(tmp_path)!r}); import of_ours")
    assert found == "of_ours is imported already, which is no installed package"
