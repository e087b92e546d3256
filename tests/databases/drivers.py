"""Other processes for the tests: runs that are killed, and workers that start at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.databases import server_databases

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["leave_behind", "start_controller", "start_worker"]

_PATIENCE_SECONDS = 15.0
# It opens its databases, makes those of the workers that it was told, says so, and waits.
_CONTROLLER = """
import json, os, sys
from pathlib import Path
from moonpool.databases import DatabaseSettings, open_databases, worker_environment

bases, project, *workers = json.loads(sys.argv[1])
settings = DatabaseSettings(("DATABASE_URL",), "postgresql+psycopg:///ledger_test")

databases = open_databases(
    settings, project=project, checkout=Path("/checkout"), run_id="killed",
    bases=[Path(base) for base in bases],
)
environ = {**os.environ, **databases.environment}
for worker in workers:
    worker_environment(settings, worker=worker, environ=environ)
print(databases.environment["DATABASE_URL"], flush=True)
sys.stdin.read()
"""
_STARTER = """
import sys, threading
from pathlib import Path
from moonpool.databases.server import start_server
from moonpool.databases.urls import parse_url

def run():
    server = start_server(parse_url("postgresql:///x", origin="it"), bases=[Path(sys.argv[1])])
    print(server.folder.path, flush=True)
    sys.stdin.read()

if sys.argv[2] == "thread":
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
else:
    run()
"""
_WORKER = """
import sys
from moonpool.databases import DatabaseSettings, worker_environment

sys.stdin.read()
print(worker_environment(DatabaseSettings(("DATABASE_URL",)), worker=sys.argv[1])["DATABASE_URL"])
"""


def start_controller(
    *workers: str | None,
    environ: Mapping[str, str],
    bases: list[Path],
    project: str = "app",
) -> tuple[subprocess.Popen[str], str]:
    """A process that has opened its databases and waits to be killed, and its URL."""
    argument = json.dumps([[str(base) for base in bases], project, *workers])
    process = _python(_CONTROLLER, argument, environ=environ)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def start_starter(base: Path, kind: str) -> tuple[subprocess.Popen[str], Path]:
    """A process that has started a server, by its only thread or another, and its folder."""
    process = _python(_STARTER, str(base), kind, environ={})
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def leave_behind(*workers: str, url: str, project: str, bases: list[Path]) -> None:
    """Run a controller on the user's server, kill it, and wait until the server has noticed."""
    process, _ = start_controller(
        *workers, environ={"DATABASE_URL": url}, bases=bases, project=project
    )
    process.kill()
    process.communicate()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(
        each.lives and each.mark is not None and each.mark.run.startswith("killed")
        for each in server_databases(url, origin="test").databases
    ):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def start_worker(worker: str, environ: Mapping[str, str]) -> subprocess.Popen[str]:
    """A worker that makes its database when its input ends, and prints the URL."""
    return _python(_WORKER, worker, environ=environ)


def _python(code: str, *arguments: str, environ: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], **environ},
    )
