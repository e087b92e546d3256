"""One server for all runs of a user, which ends with the last of them, however that ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from moonpool.cli.databases import command
from moonpool.databases.account import server_account
from moonpool.databases.connection import connect
from moonpool.databases.leftovers import clean_clusters
from moonpool.databases.residue import listening_pid
from moonpool.databases.shared import SharedServer, find_server, join_server
from moonpool.databases.urls import parse_url
from moonpool.errors import MoonpoolError
from tests.support.postgres import needs_postgres

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = needs_postgres

_PATIENCE_SECONDS = 20.0
_USER = """
import pathlib, sys, time
from moonpool.databases.shared import join_server
server = join_server(bases=[pathlib.Path(sys.argv[1])])
print(server.folder, server.started, flush=True)
time.sleep(60)
"""


def _await(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def _answers(server: SharedServer) -> bool:
    url = server.url(parse_url("postgresql+psycopg:///postgres", origin="it"))
    with closing(connect(url)) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def _start_user(place: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _USER, str(place)], stdout=subprocess.PIPE, text=True
    )


def _keeper_of(server_pid: int) -> int:
    return int(Path(f"/proc/{server_pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_runs_that_come_later_use_the_same_server_and_the_last_ends_it(place: Path) -> None:
    first = join_server(bases=[place])
    second = join_server(bases=[place])
    assert first.folder == second.folder
    assert (first.started, second.started) == (True, False)
    assert second.notes == (f"uses the PostgreSQL server in `{first.folder}`",)

    first.close()
    time.sleep(0.2)
    assert _answers(second)
    second.close()

    assert _await(lambda: list(place.iterdir()) == [])


def test_users_that_begin_together_share_one_and_may_all_be_killed(place: Path) -> None:
    users = [_start_user(place) for _ in range(4)]
    said = [user.stdout.readline().split() for user in users if user.stdout]
    assert len({folder for folder, _ in said}) == 1
    assert sorted(started for _, started in said) == ["False", "False", "False", "True"]
    for user in users:
        user.kill()
        user.communicate()

    assert _await(lambda: list(place.iterdir()) == [])


def test_after_the_server_is_killed_the_next_run_has_a_new_one(place: Path) -> None:
    server = join_server(bases=[place])
    pid = listening_pid(server.folder)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert _await(lambda: list(place.iterdir()) == [])

    with closing(join_server(bases=[place])) as again:
        assert again.started
        assert _answers(again)
    server.close()
    assert _await(lambda: list(place.iterdir()) == [])


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to find the keeper by")
def test_after_the_keeper_is_killed_the_next_run_cleans_up(place: Path) -> None:
    server = join_server(bases=[place])
    pid = listening_pid(server.folder)
    assert pid is not None
    os.kill(_keeper_of(pid), signal.SIGKILL)
    assert _await(lambda: listening_pid(server.folder) is None)

    with closing(join_server(bases=[place])) as again:
        assert again.started
        assert _answers(again)
    server.close()
    assert _await(lambda: list(place.iterdir()) == [])


def test_a_kept_server_needs_no_users(place: Path) -> None:
    with closing(join_server(bases=[place])) as server:
        server.keep(True)
    time.sleep(0.3)
    found = find_server(bases=[place])
    assert found is not None
    assert _answers(found)
    assert found.is_kept
    assert clean_clusters(bases=[place]) == []

    found.keep(False)
    found.close()

    assert _await(lambda: list(place.iterdir()) == [])
    assert find_server(bases=[place]) is None


def test_a_server_that_fails_says_why_and_leaves_nothing(place: Path) -> None:
    programs = place / "bin"
    programs.mkdir()
    for name in ("initdb", "postgres"):
        (programs / name).write_text("#!/bin/sh\necho no more space >&2; exit 3\n")
        (programs / name).chmod(0o755)
    place_for_data = place / "data"
    place_for_data.mkdir()
    place_for_data.chmod(0o755)

    with pytest.raises(MoonpoolError) as caught:
        join_server(environ={"PATH": f"{programs}:/usr/bin:/bin"}, bases=[place_for_data])

    assert "cannot start a PostgreSQL server: `initdb` ended with code 3" in caught.value.message
    assert "no more space" in caught.value.message
    assert list(place_for_data.iterdir()) == []


def test_the_data_directory_is_made_once(place: Path, tmp_path: Path) -> None:
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    for _ in range(2):
        with closing(join_server(environ=environ, bases=[place])) as server:
            assert _answers(server)
            (kept,) = (tmp_path / "moonpool").iterdir()
        assert _await(lambda: list(place.iterdir()) == [])
    assert kept.stat().st_uid == os.geteuid()
    assert (kept / "PG_VERSION").is_file()
    assert server.account == server_account()


def test_the_command_wants_one_option() -> None:
    done = CliRunner().invoke(command, ["server"])
    assert done.exit_code == 2
    assert "expected one of `--start`, `--stop` and `--url`" in done.output
