"""Databases of many runs at once, and of runs that are killed: names, leftovers, decoys.

python benchmarks/databases_under_fire.py {runs,together,kills} [--times N] [--seed S]

`runs`: one project again and again with two workers, by `pytest` and `moonpool test` in turn.
`together`: two projects in two checkouts each, four workers each, at once on one server.
`kills`: the controller, a worker or the server is killed at a random moment; the next run has to
pass without help, and in the end nothing of ours is left and a decoy of a similar name is.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil

from moonpool.databases.binaries import find_binaries
from moonpool.databases.connection import connect
from moonpool.databases.leftovers import clean_clusters, clean_server, server_databases
from moonpool.databases.residue import listening_pid
from moonpool.databases.server import start_server
from moonpool.databases.shared import find_server
from moonpool.databases.urls import DatabaseUrl, parse_url

_CONFIG = """
[tool.pytest.ini_options]
testpaths = ["tests"]
[tool.moonpool.databases]
urls = ["DATABASE_URL"]
{default}
clean = "dirty"
[tool.moonpool.databases.template]
sql = ["schema.sql"]
"""
_CONFTEST = """
import os, pathlib, psycopg
connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
def note():
    with open(os.environ["NAMES"], "a") as log:
        log.write(f"{os.environ['RUN']} {connection.info.dbname}\\n")
"""
_TEST = """
import time, pytest
from conftest import connection, note
@pytest.mark.parametrize("n", range(5))
def test_alone(n):
    note()
    assert connection.execute("SELECT count(*) FROM thing").fetchone() == (0,)
    connection.execute("INSERT INTO thing DEFAULT VALUES")
    time.sleep(0.05)
    assert connection.execute("SELECT max(id) FROM thing").fetchone() == (1,)
"""
_FILES = 8
Write = Callable[[Path], Path]


def write_project(root: Path) -> Path:
    """A project whose connection is made when its conftest is imported."""
    default = 'default = "postgresql:///fire_test"'
    return plant(root, "CREATE TABLE thing (id serial PRIMARY KEY)", _CONFTEST, default=default)


def plant(root: Path, schema: str, conftest: str, test: str = _TEST, *, default: str = "") -> Path:
    """Write such a project, whose tests expect a table `thing` without rows."""
    (root / "tests").mkdir(parents=True)
    (root / "pyproject.toml").write_text(_CONFIG.format(default=default))
    (root / "schema.sql").write_text(schema)
    (root / "tests" / "conftest.py").write_text(conftest)
    for number in range(_FILES):
        (root / "tests" / f"test_{number}.py").write_text(test)
    return root


def start(
    root: Path, url: DatabaseUrl | None, names: Path, run: str, *words: str
) -> subprocess.Popen[str]:
    """Start pytest in a project."""
    environ = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environ |= {"NAMES": str(names), "RUN": run, "MOONPOOL_POOL": "off"}
    if url is not None:
        environ["DATABASE_URL"] = url.text
    return subprocess.Popen(
        [sys.executable, "-m", *(words or ("pytest", "-q", "-n", "2"))],
        cwd=root,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> bool:
    """Whether a run passed; what it said is shown when it did not."""
    said, _ = process.communicate()
    if process.returncode != 0:
        print(said[-3000:])
    return process.returncode == 0


def databases(url: DatabaseUrl) -> list[str]:
    """What stands on the server and is ours, templates apart."""
    return [each.name for each in server_databases(url.text, origin="it").databases]


def runs(folder: Path, url: DatabaseUrl, times: int, write: Write = write_project) -> None:
    """One project again and again."""
    root, names = write(folder / "app"), folder / "names"
    failures = leftovers = 0
    seen: set[str] = set()
    for number in range(times):
        names.write_text("")
        words = ("pytest",) if number % 2 else ("moonpool", "test")
        failures += not finish(start(root, url, names, "0", *words, "-q", "-n", "2"))
        leftovers += len(databases(url))
        seen |= {line.split()[1] for line in names.read_text().splitlines()}
    print(f"{times} runs: {failures} failures, {leftovers} leftovers, databases {sorted(seen)}")


def together(folder: Path, url: DatabaseUrl, times: int, write: Write = write_project) -> None:
    """Four runs of four workers at once."""
    roots = [write(folder / checkout / project) for checkout in "ab" for project in ("x", "y")]
    failures = twice = leftovers = 0
    used = 0
    for number in range(times):
        names = folder / f"names-{number}"
        started = [
            start(root, url, names, str(run), "pytest", "-q", "-n", "4")
            for run, root in enumerate(roots)
        ]
        failures += sum(not finish(process) for process in started)
        pairs = {tuple(line.split()) for line in names.read_text().splitlines()}
        used += len(pairs)
        twice += len(pairs) - len({name for _, name in pairs})
        leftovers += len(databases(url))
    print(
        f"{times} rounds of 4 runs: {failures} failures, {used} databases, {twice} names used by"
        f" two runs, {leftovers} leftovers"
    )


def kills(folder: Path, url: DatabaseUrl, times: int, chance: random.Random) -> None:
    """Kill something at a random moment, then run once more."""
    root, names = write_project(folder / "app"), folder / "names"
    with closing(connect(url)) as connection:
        for decoy in ("fire_test_gw0_old", "fire_test_gw00", "moonpool_template_mine"):
            connection.execute(f"CREATE DATABASE {decoy}")
    failures = 0
    for number in range(times):
        target = ("controller", "worker", "server")[number % 3]
        place = None if target == "server" else url
        victim = start(root, place, names, "0")
        time.sleep(chance.uniform(0.3, 6.0))
        print(f"{number}: {target} {kill(victim, target)}", flush=True)
        victim.communicate()
        failures += not finish(start(root, place, names, "1"))
    clean_server(url.text, origin="it")
    found = server_databases(url.text, origin="it")
    time.sleep(1)
    with closing(connect(url)) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'fire%' OR datname LIKE 'moonpool%'"
        ).fetchall()
    print(
        f"{times} kills: {failures} of the next runs failed; left of ours: {found.databases}"
        f" {found.templates}; left of others: {sorted(name for (name,) in rows)};"
        f" ephemeral servers: {find_server()}, folders of dead ones: {clean_clusters()}"
    )


def kill(victim: subprocess.Popen[str], target: str) -> str:
    """Kill the target if it is there yet; what was killed."""
    pid: int | None = victim.pid
    if target == "worker":
        with contextlib.suppress(psutil.NoSuchProcess):
            workers = psutil.Process(victim.pid).children()
            pid = workers[0].pid if workers else None
    elif target == "server":
        found = find_server()
        pid = None
        if found is not None:
            pid = listening_pid(found.folder)
            found.close()
    if pid is None:
        victim.kill()
        return "was not there yet: the controller instead"
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return "killed"


def main() -> None:
    """Read the command line and start the server that stands for the user's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["runs", "together", "kills"])
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    print(f"programs in {find_binaries()}")
    server = start_server(parse_url("postgresql:///x_test", origin="it"))
    url = server.url(parse_url("postgresql:///fire_test", origin="it"))
    try:
        # The user's own, which the controller's conftest connects to.
        with closing(connect(url)) as connection:
            connection.execute("CREATE DATABASE fire_test")
        with tempfile.TemporaryDirectory() as text:
            folder = Path(text)
            if wanted.what == "kills":
                kills(folder, url, wanted.times, random.Random(wanted.seed))
            else:
                {"runs": runs, "together": together}[wanted.what](folder, url, wanted.times)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
