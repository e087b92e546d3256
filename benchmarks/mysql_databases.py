"""Databases on MariaDB or MySQL: many runs at once, killed ones, and what a reset costs.

python benchmarks/mysql_databases.py {runs,together,kills,strategies} [--times N] [--seed S]

The first three are those of databases_under_fire.py, on a server from the installed programs; there
`kills` also kills the server and starts it again on the same data. `strategies`: milliseconds per
test for each way to a clean database of 30 tables, with the data on the RAM disk and on a disk.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from databases_under_fire import finish, kill, plant, runs, start, together
from rounds import median_ms

from moonpool.databases.cleaner import CLONE, DIRTY
from moonpool.databases.leftovers import clean_server, server_databases
from moonpool.databases.mysql.cleaner import MysqlCleaner
from moonpool.databases.mysql.connection import connect
from moonpool.databases.urls import parse_url

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.mysql import MISSING, MysqlServer, has_mysql, running_server

_CONFTEST = """
import os, urllib.parse, pymysql
url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
name = url.path[1:]
connection = pymysql.connect(
    host=url.hostname, port=url.port, user=url.username, database=name, autocommit=True,
    ssl_disabled=True,
)
def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()
def note():
    with open(os.environ["NAMES"], "a") as log:
        log.write(f"{os.environ['RUN']} {name}\\n")
"""
_TEST = """
import time, pytest
from conftest import note, run
@pytest.mark.parametrize("n", range(5))
def test_alone(n):
    note()
    assert run("SELECT count(*) FROM thing") == ((0,),)
    run("INSERT INTO thing VALUES ()")
    time.sleep(0.05)
    assert run("SELECT max(id) FROM thing") == ((1,),)
"""
_TABLES = 30
_DECOYS = ("fire_test", "fire_test_gw0_old", "fire_test_gw00", "fire_test_moonpool_template_mine")


def write_project(root: Path) -> Path:
    """A project whose connection is made when its conftest is imported."""
    schema = "CREATE TABLE thing (id int AUTO_INCREMENT PRIMARY KEY)"
    return plant(root, schema, _CONFTEST, _TEST)


def kills(folder: Path, server: MysqlServer, times: int, chance: random.Random) -> None:
    """Kill something at a random moment, then run once more."""
    root, names = write_project(folder / "app"), folder / "names"
    url = parse_url(server.url("fire_test"), origin="it")
    with closing(connect(url)) as session:
        for decoy in _DECOYS[1:]:
            session.execute(f"CREATE DATABASE {decoy}")
    failures = 0
    for number in range(times):
        target = ("controller", "worker", "server")[number % 3]
        victim = start(root, url, names, "0")
        time.sleep(chance.uniform(0.3, 6.0))
        if target == "server":
            server.kill()
            server.start()
            said = "killed"
        else:
            said = kill(victim, target)
        print(f"{number}: {target} {said}", flush=True)
        victim.communicate()
        failures += not finish(start(root, url, names, "1"))
    clean_server(url.text, origin="it")
    found = server_databases(url.text, origin="it")
    with closing(connect(url)) as session:
        rows = session.execute("SHOW DATABASES LIKE 'fire%'")
    print(
        f"{times} kills: {failures} of the next runs failed; left of ours: {found.databases}"
        f" {found.templates}; all decoys left and nothing else:"
        f" {sorted(name for (name,) in rows) == sorted(_DECOYS)}"
    )


def strategies() -> None:
    """Print milliseconds per test for each way to a clean database, on both kinds of disk."""
    durable = ("--innodb-flush-log-at-trx-commit=1",)
    with running_server() as fast, running_server(*durable, base=tempfile.gettempdir()) as slow:
        with closing(connect(parse_url(fast.url("x"), origin="it"))) as session:
            print(session.version)
        print(f"{'ms per test, median':38}{'RAM disk':>10}{'durable':>10}")
        columns = [_strategies(server) for server in (fast, slow)]
    for name in columns[0]:
        print(f"{name:38}{columns[0][name]:10.2f}{columns[1][name]:10.2f}")


def _strategies(server: MysqlServer) -> dict[str, float]:
    url = parse_url(server.url("bench_test"), origin="it")
    names = [f"t{number}" for number in range(_TABLES)]
    create = ";".join(
        f"CREATE TABLE {name} (id int AUTO_INCREMENT PRIMARY KEY, code varchar(20) UNIQUE,"
        f" parent_id int, FOREIGN KEY (parent_id) REFERENCES {names[max(0, number - 1)]} (id))"
        for number, name in enumerate(names)
    )
    drop = f"SET foreign_key_checks = 0; DROP TABLE {', '.join(names)}"
    numbered = ";".join(f"INSERT INTO t{n} (code) VALUES ('a'), ('b')" for n in range(3))
    plain = ";".join(f"INSERT INTO t{n} (id, code) VALUES (-1, 'a'), (-2, 'b')" for n in range(3))
    truncate = "SET foreign_key_checks = 0;" + ";".join(f"TRUNCATE {name}" for name in names)
    with closing(connect(url)) as user:
        for name in ("bench_template", "bench_test"):
            user.execute(f"CREATE DATABASE {name}; USE {name}; {create}")
        cleaner = MysqlCleaner(url, "bench_template")
        cleaner.begin(DIRTY, stale=True)
        clean = lambda: cleaner.clean(DIRTY)  # noqa: E731
        found = {
            "dirty (nothing was written)": median_ms(clean, 100),
            "dirty (3 tables, no numbers taken)": median_ms(
                clean, 100, lambda: user.execute(plain)
            ),
            "dirty (3 tables, numbers set back)": median_ms(
                clean, 100, lambda: user.execute(numbered)
            ),
            "rolled back": median_ms(
                lambda: user.execute("ROLLBACK"), 100, lambda: user.execute("BEGIN;" + plain)
            ),
            "TRUNCATE all": median_ms(
                lambda: user.execute(truncate), 10, lambda: user.execute(numbered)
            ),
            "DROP TABLE, CREATE TABLE (no ORM)": median_ms(
                lambda: user.execute(f"{drop};{create}"), 10, lambda: user.execute(numbered)
            ),
            "clone": median_ms(lambda: cleaner.clean(CLONE), 10),
        }
        cleaner.close()
    return found


def main() -> None:
    """Read the command line and start the server that stands for the user's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["runs", "together", "kills", "strategies"])
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    if not has_mysql():
        sys.exit(MISSING)
    if wanted.what == "strategies":
        strategies()
        return
    with running_server() as server, tempfile.TemporaryDirectory() as text:
        url = parse_url(server.url("fire_test"), origin="it")
        # The user's own, which the controller's conftest connects to.
        with closing(connect(url)) as session:
            session.execute("CREATE DATABASE fire_test")
            session.execute("CREATE TABLE fire_test.thing (id int AUTO_INCREMENT PRIMARY KEY)")
        if wanted.what == "kills":
            kills(Path(text), server, wanted.times, random.Random(wanted.seed))
        else:
            many = {"runs": runs, "together": together}[wanted.what]
            many(Path(text), url, wanted.times, write_project)


if __name__ == "__main__":
    main()
