"""SQLite files of many runs at once, and of runs that are killed: names, leftovers, decoys.

python benchmarks/sqlite_under_fire.py {runs,together,kills} [--times N] [--seed S]

`runs`: one project again and again with two workers, by `pytest` and `moonpool test` in turn.
`together`: two projects in two checkouts each, four workers each, at once on one absolute file.
`kills`: the controller or a worker is killed at a random moment; the next run has to pass without
help. In the end nothing of ours is left, the user's file is what it was, and so are two decoys.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from databases_under_fire import finish, kill, plant, start

from moonpool.databases.urls import DatabaseUrl, parse_url

_CONFTEST = """
import os, sqlite3
file = os.environ["DATABASE_URL"].removeprefix("sqlite:///")
connection = sqlite3.connect(file, isolation_level=None)
def note():
    with open(os.environ["NAMES"], "a") as log:
        log.write(f"{os.environ['RUN']} {os.path.basename(file)}\\n")
"""
_SCHEMA = "CREATE TABLE thing (id INTEGER PRIMARY KEY AUTOINCREMENT)"


def write_project(root: Path) -> Path:
    """A project whose connection is made when its conftest is imported."""
    return plant(root, _SCHEMA, _CONFTEST)


def users_file(folder: Path) -> Path:
    """The file that all runs name, with something in it."""
    (folder / "data").mkdir()
    file = folder / "data" / "fire.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE precious (x)")
    return file


def beside(file: Path) -> list[str]:
    """What lies beside the user's file."""
    return sorted(path.name for path in file.parent.iterdir() if path != file)


def runs(folder: Path, file: Path, times: int) -> None:
    """One project again and again."""
    root, names = write_project(folder / "app"), folder / "names"
    failures = leftovers = 0
    seen: set[str] = set()
    for number in range(times):
        names.write_text("")
        words = ("pytest",) if number % 2 else ("moonpool", "test")
        failures += not finish(start(root, _url(file), names, "0", *words, "-q", "-n", "2"))
        leftovers += len(beside(file))
        seen |= {line.split()[1] for line in names.read_text().splitlines()}
    print(f"{times} runs: {failures} failures, {leftovers} leftovers, files {sorted(seen)}")


def together(folder: Path, file: Path, times: int) -> None:
    """Four runs of four workers at once."""
    roots = [
        write_project(folder / checkout / project) for checkout in "ab" for project in ("x", "y")
    ]
    failures = twice = leftovers = used = 0
    for number in range(times):
        names = folder / f"names-{number}"
        started = [
            start(root, _url(file), names, str(run), "pytest", "-q", "-n", "4")
            for run, root in enumerate(roots)
        ]
        failures += sum(not finish(process) for process in started)
        pairs = {tuple(line.split()) for line in names.read_text().splitlines()}
        used += len(pairs)
        twice += len(pairs) - len({name for _, name in pairs})
        leftovers += len(beside(file))
    print(
        f"{times} rounds of 4 runs: {failures} failures, {used} files, {twice} names used by"
        f" two runs, {leftovers} leftovers"
    )


def kills(folder: Path, file: Path, times: int, chance: random.Random) -> None:
    """Kill something at a random moment, then run once more."""
    root, names = write_project(folder / "app"), folder / "names"
    decoys = ["fire_gw0.db.bak", "fire_gw00.db"]
    for decoy in decoys:
        (file.parent / decoy).write_text("precious")
    failures = 0
    for number in range(times):
        target = ("controller", "worker")[number % 2]
        victim = start(root, _url(file), names, "0")
        time.sleep(chance.uniform(0.3, 6.0))
        print(f"{number}: {target} {kill(victim, target)}", flush=True)
        victim.communicate()
        failures += not finish(start(root, _url(file), names, "1"))
    left = [name for name in beside(file) if name not in decoys]
    kept = [name for name in decoys if (file.parent / name).read_text() == "precious"]
    print(
        f"{times} kills: {failures} of the next runs failed; left of ours: {left}; decoys: {kept}"
    )


def _url(file: Path) -> DatabaseUrl:
    return parse_url(f"sqlite:///{file}", origin="it")


def main() -> None:
    """Read the command line and see that the user's file is what it was in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["runs", "together", "kills"])
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as text:
        file = users_file(Path(text))
        before = file.read_bytes()
        if wanted.what == "kills":
            kills(Path(text), file, wanted.times, random.Random(wanted.seed))
        else:
            {"runs": runs, "together": together}[wanted.what](Path(text), file, wanted.times)
        same = file.read_bytes() == before
    seconds = time.monotonic() - begun
    print(f"the user's file is {'as it was' if same else 'CHANGED'}; {seconds:.0f} s")


if __name__ == "__main__":
    main()
