"""What a clean database for every test costs: a backend of 30 tables whose tests commit.

python benchmarks/clean_databases.py [--tests 160] [--only NAME …] [--part 1/2] [--strategies]

The baseline drops and creates all tables for each test on a durable server whose data lies on a
disk; each lever is then shown on its own, and all together. Coverage is measured throughout, and
the executed lines have to be the same. A part runs some of the files, so that a long run can be
taken in goes. With `--strategies`: milliseconds per reset instead.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import coverage
from backend_suite import TABLES, write_backend
from rounds import median_ms

from moonpool.databases.cleaner import CLONE, DIRTY, PostgresCleaner
from moonpool.databases.connection import connect
from moonpool.databases.making import drop_database, make
from moonpool.databases.marks import Mark, render_mark
from moonpool.databases.server import server_url, start_server
from moonpool.databases.shared import join_server
from moonpool.databases.urls import parse_url

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.postgres import running_postgres

DEFAULT = "postgresql+asyncpg:///backend_test"
# name: (workers, per-test recreation, durable server, coverage core)
RUNS = {
    "serial, as it was": (0, True, True, "ctrace"),
    "-n 2, as it was": (2, True, True, "ctrace"),
    "only dirty rows": (0, False, True, "ctrace"),
    "only a fast server": (0, True, False, "ctrace"),
    "only the cheaper core": (0, True, True, "sysmon"),
    "moonpool, 1 process": (0, False, False, "sysmon"),
    "moonpool -n 2": (2, False, False, "sysmon"),
    "moonpool -n 3": (3, False, False, "sysmon"),
    "moonpool -n 4": (4, False, False, "sysmon"),
}


def cpu_of_servers() -> float:
    """CPU seconds of all PostgreSQL processes and those that they waited for."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        if "(postgres" in name:
            ticks += sum(map(int, rest.split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def run(
    root: Path, name: str, server: Path, files: list[str]
) -> tuple[float, float, float, set[str]]:
    """One run: seconds of wall, of the tests' CPU, of the server's, and the executed lines."""
    workers, recreates, _, core = RUNS[name]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    environ |= {"COVERAGE_CORE": core, "RECREATE": "1" if recreates else ""}
    environ["DATABASE_URL"] = server_url(server, parse_url(DEFAULT, origin="it")).text
    words = ["-q", "-n", str(workers), *files]
    if recreates:
        command = ["coverage", "run", "-p", "-m", "pytest", "-p", "no:moonpool", *words]
    else:
        command = ["moonpool", "test", *words]
    for left in root.glob(".coverage*"):
        left.unlink()
    shutil.rmtree(root / ".moonpool", ignore_errors=True)
    before, servers, begun = _children(), cpu_of_servers(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=root, env=environ, capture_output=True, text=True
    )
    wall = time.perf_counter() - begun
    assert done.returncode == 0, done.stdout + done.stderr
    return wall, _children() - before, max(0.0, cpu_of_servers() - servers), executed(root)


def executed(root: Path) -> set[str]:
    """The lines that were executed, of every data file that the run left."""
    files = [root / ".moonpool" / "coverage", *root.glob(".coverage*")]
    found: set[str] = set()
    for file in filter(Path.is_file, files):
        data = coverage.CoverageData(str(file))
        data.read()
        for path in map(Path, data.measured_files()):
            # coverage.py's C tracer may note a line of SQLAlchemy under a file of ours when a
            # greenlet switches in between, unless it is told of greenlets, which sysmon is not.
            exist = range(1, len((root / path).read_text().splitlines()) + 1)
            lines = data.lines(str(path)) or ()
            found |= {f"{path.name}:{line}" for line in lines if line in exist}
    return found


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def whole_runs(tests: int, names: list[str], part: tuple[int, int]) -> None:
    """Print a line for each run."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_postgres(Path(tempfile.gettempdir())) as durable,
        # Held for all runs, so that its CPU time can be read before it ends.
        closing(join_server()) as fast,
    ):
        root = Path(folder)
        write_backend(root, tests)
        files = chosen_files(root, *part)
        url = server_url(durable, parse_url(DEFAULT, origin="it"))
        with closing(connect(url)) as connection:
            for name in ("backend_test", "backend_test_gw0", "backend_test_gw1"):
                connection.execute(f"CREATE DATABASE {name}")
        with closing(connect(fast.url(url))) as connection:
            connection.execute("CREATE DATABASE backend_test")
        print(f"part {part[0]} of {part[1]} of {tests} tests, {TABLES} tables")
        print(f"Python {sys.version.split()[0]}")
        print(f"{'':24}{'wall s':>8}{'less':>7}{'tests CPU':>11}{'server CPU':>12}  same lines")
        first: tuple[float, set[str]] | None = None
        for name in names:
            place = durable if RUNS[name][2] else fast.folder
            wall, cpu, server, lines = run(root, name, place, files)
            first = first or (wall, lines)
            less = f"{1 - wall / first[0]:.0%}"
            print(
                f"{name:24}{wall:8.1f}{less:>7}{cpu:11.1f}{server:12.1f}  {lines == first[1]}",
                flush=True,
            )


def chosen_files(root: Path, number: int, of: int) -> list[str]:
    """The test files of one part; none for the only part, which is all that pytest finds."""
    found = sorted(str(path.relative_to(root)) for path in root.glob("tests/test_*.py"))
    return found[number - 1 :: of] if of > 1 else []


def strategies() -> None:
    """Print milliseconds per test for each way to a clean database, on both kinds of server."""
    fast = start_server(parse_url("postgresql:///x_test", origin="it"))
    try:
        with running_postgres(Path(tempfile.gettempdir())) as durable:
            print(f"{'ms per test, median':34}{'fast':>8}{'durable':>10}")
            columns = [_strategies(fast.folder.path), _strategies(durable)]
        for name in columns[0]:
            print(f"{name:34}{columns[0][name]:8.2f}{columns[1][name]:10.2f}")
    finally:
        fast.stop()


def _strategies(server: Path) -> dict[str, float]:
    url = server_url(server, parse_url("postgresql:///bench_test", origin="it"))
    mark = Mark("bench", "/bench", "bench", "", "", 1)
    names = [f"t{number}" for number in range(TABLES)]
    create = "".join(
        f"CREATE TABLE {name} (id serial PRIMARY KEY, code text UNIQUE, "
        f"parent_id int REFERENCES {names[max(0, number - 1)]});"
        for number, name in enumerate(names)
    )
    dirty = "".join(f"INSERT INTO t{n} (code) VALUES ('a'), ('b');" for n in range(3))
    with closing(connect(url)) as admin:
        for name in ("bench_template", "bench_test"):
            make(admin, name, render_mark(mark), 1)
        for name in ("bench_template", "bench_test"):
            with closing(connect(url, name)) as connection:
                connection.execute(create)
        cleaner = PostgresCleaner(url, mark, "bench_template")
        with closing(connect(url, "bench_test")) as user:
            cleaner.begin(DIRTY, stale=True)
            found = {
                "dirty (3 tables of 30)": median_ms(
                    lambda: cleaner.clean(DIRTY), 100, lambda: user.execute(dirty)
                ),
                "rolled back": median_ms(
                    lambda: user.execute("ROLLBACK"), 100, lambda: user.execute("BEGIN;" + dirty)
                ),
                "TRUNCATE all": median_ms(
                    lambda: user.execute(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE"),
                    10,
                    lambda: user.execute(dirty),
                ),
                "DROP SCHEMA, CREATE TABLE (no ORM)": median_ms(
                    lambda: user.execute(
                        "DROP SCHEMA public CASCADE; CREATE SCHEMA public;" + create
                    ),
                    10,
                    lambda: user.execute(dirty),
                ),
            }
        cleaner.begin(CLONE, stale=False)
        found["clone, made on demand"] = median_ms(lambda: cleaner.clean(CLONE), 10)
        found["clone, made in the background"] = median_ms(
            lambda: cleaner.clean(CLONE),
            10,
            lambda: (cleaner.begin(CLONE, stale=False), time.sleep(0.5)),
        )
        cleaner.close()
        for name in ("bench_template", "bench_test"):
            drop_database(admin, name)
    return found


def _part(text: str) -> tuple[int, int]:
    number, _, of = text.partition("/")
    return int(number), int(of)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=160)
    parser.add_argument("--only", nargs="*", default=list(RUNS), choices=list(RUNS))
    parser.add_argument("--part", type=_part, default=(1, 1), metavar="K/N")
    parser.add_argument("--strategies", action="store_true")
    wanted = parser.parse_args()
    if wanted.strategies:
        strategies()
    else:
        whole_runs(wanted.tests, wanted.only, wanted.part)


if __name__ == "__main__":
    main()
