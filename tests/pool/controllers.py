"""Controllers for the tests: some in this process, some in real ones that can be killed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING

from moonpool.pool import Allowance, Capacity, Controller, Membership
from tests.support.project import clean_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["CAPACITY", "KEY", "child", "line", "someone", "want"]

CAPACITY = Capacity(4.0, None)
KEY = "key"

_JOIN = """
import os, pathlib, signal, subprocess, sys, time
from moonpool.pool import Capacity, Controller, open_pool
pool = open_pool(Capacity(4.0, None), "key", environ={"MOONPOOL_POOL_DIR": sys.argv[1]})
member = pool.join(Controller("child", "/child", os.getpid()))
allowance = member.sync(int(sys.argv[2]), weight=1.0, worker_bytes=0)
"""
_SAY_AND_WAIT = """
print(allowance.granted, flush=True)
sys.stdin.read()
"""


def someone(project: str, pid: int = 1) -> Controller:
    """A controller that exists by name only."""
    return Controller(project, f"/{project}", pid)


def want(member: Membership, wanted: int, *, held: int | None = None) -> Allowance:
    """Ask for workers of one CPU each."""
    return member.sync(wanted, weight=1.0, worker_bytes=0, held=held)


@contextlib.contextmanager
def child(
    base: Path, code: str = _SAY_AND_WAIT, *, wanted: int = 4
) -> Iterator[subprocess.Popen[str]]:
    """A controller in a process of its own, which has joined and asked before ``code`` runs."""
    with subprocess.Popen(
        [sys.executable, "-c", _JOIN + code, str(base), str(wanted)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean_environment(),
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    """The next line that a child says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
