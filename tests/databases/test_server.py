"""An ephemeral server starts from nothing, and ends with whoever started it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import create_engine, text

from moonpool.databases import leash
from moonpool.databases.account import server_account
from moonpool.databases.cluster import remove_leftovers
from moonpool.databases.connection import connect
from moonpool.databases.residue import listening_pid
from moonpool.databases.server import start_server
from moonpool.databases.urls import parse_url
from moonpool.errors import MoonpoolError
from tests.databases.drivers import start_starter
from tests.support.processes import lives

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from moonpool.databases.server import Server
    from moonpool.databases.urls import DatabaseUrl

_UIDS = {os.getuid(), server_account().uid}
_PATIENCE_SECONDS = 15.0


def test_the_servers_url_keeps_dialect_name_user_and_options(server: Server) -> None:
    default = parse_url("postgresql+asyncpg://al%20ice:pw@h:1/x_test?a=b&host=h&port=2", origin="x")

    url = server.url(default)

    assert url.text == f"postgresql+asyncpg://al%20ice@/x_test?a=b&host={server.folder.path}"


def test_a_server_is_reached_and_forgets_durability(url_of: Callable[[str], DatabaseUrl]) -> None:
    with closing(connect(url_of("x"))) as connection:
        settings = connection.execute(
            "SELECT name || '=' || setting FROM pg_settings WHERE name IN"
            " ('fsync', 'full_page_writes', 'listen_addresses', 'synchronous_commit') ORDER BY name"
        ).fetchall()
        encoding = connection.execute("SHOW server_encoding").fetchone()

    assert [text for (text,) in settings] == [
        "fsync=off",
        "full_page_writes=off",
        "listen_addresses=",
        "synchronous_commit=off",
    ]
    assert encoding == ("UTF8",)


def test_a_stopped_server_leaves_nothing_even_with_open_connections(
    place: Path, has_postgres: None
) -> None:
    default = parse_url("postgresql://ledger@/x_test", origin="x")
    server = start_server(default, bases=[place])
    with closing(connect(server.url(default))) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("ledger",)

        server.stop()

        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert list(place.iterdir()) == []
    assert server.process.returncode is not None


def test_the_notes_say_where_it_runs_and_as_whom(server: Server) -> None:
    (note,) = server.notes

    assert note.startswith(f"started a PostgreSQL server in `{server.folder.path}`")
    assert ("because PostgreSQL does not run as root" in note) == (os.geteuid() == 0)


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "prctl"), reason="the kernel cannot tie a child to its starter"
)
def test_after_sigkill_of_its_starter_nothing_is_left_by_the_next_start(
    place: Path, has_postgres: None
) -> None:
    starter, folder = start_starter(place, "main")
    postmaster = listening_pid(folder)
    assert postmaster is not None

    _kill(starter)

    _wait_until(lambda: not lives(postmaster))
    assert folder.exists()
    default = parse_url("postgresql:///x_test", origin="x")
    server = start_server(default, bases=[place])
    assert not folder.exists()
    server.stop()
    assert list(place.iterdir()) == []


def test_a_server_that_outlives_its_starter_is_ended_by_whoever_cleans_up(
    place: Path, has_postgres: None
) -> None:
    # Started by a thread, it is not tied to its starter, as on systems without prctl.
    starter, folder = start_starter(place, "thread")
    _kill(starter)
    assert listening_pid(folder) is not None

    assert remove_leftovers(uids=_UIDS, bases=[place]) == [folder]

    assert listening_pid(folder) is None
    assert list(place.iterdir()) == []


def test_a_server_that_fails_says_why_and_leaves_nothing(place: Path) -> None:
    programs, bases = place / "bin", [place / "run"]
    for folder in (programs, *bases):
        folder.mkdir(mode=0o755)
    for program in ("initdb", "postgres"):
        (programs / program).write_text("#!/bin/sh\necho the moon is down >&2; exit 3\n")
        (programs / program).chmod(0o755)

    with pytest.raises(MoonpoolError) as caught:
        start_server(
            parse_url("postgresql:///x_test", origin="x"),
            environ={"PATH": f"{programs}:{os.environ['PATH']}"},
            bases=bases,
        )

    assert caught.value.message == (
        "cannot start a PostgreSQL server: `initdb` ended with code 3: the moon is down"
    )
    assert caught.value.slug == "postgres-start"
    assert list(bases[0].iterdir()) == []


def _kill(controller: subprocess.Popen[str]) -> None:
    controller.kill()
    controller.communicate()


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_leash_runs_nothing_for_a_starter_that_is_gone_already() -> None:
    arguments = ["1234567", "-", "-", "0", "/bin/echo", "ran"]

    done = subprocess.run(
        [sys.executable, leash.__file__, *arguments], capture_output=True, check=False
    )

    assert (done.returncode, done.stdout) == (125, b"")


def test_sqlalchemy_reaches_a_server_of_ours_by_its_url(
    url_of: Callable[[str], DatabaseUrl],
) -> None:
    engine = create_engine(url_of("postgres").text)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT current_database()")).scalar_one() == "postgres"
    engine.dispose()
