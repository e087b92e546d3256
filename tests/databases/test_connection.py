"""A server that cannot be used is told in one error, never waited for."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.connection import connect
from moonpool.databases.urls import parse_url
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from moonpool.databases.server import Server
    from moonpool.databases.urls import DatabaseUrl


def test_a_connection_has_limits_on_every_wait(url_of: Callable[[str], DatabaseUrl]) -> None:
    with closing(connect(url_of("x"))) as connection:
        rows = connection.execute(
            "SELECT setting FROM pg_settings WHERE name IN"
            " ('idle_session_timeout', 'lock_timeout', 'statement_timeout') ORDER BY name"
        ).fetchall()

    assert rows == [("0",), ("30000",), ("60000",)]


@pytest.mark.parametrize(
    ("password", "found"),
    [(":wr0ng", "the server refused the password"), ("", "the server wants a password and")],
)
def test_a_wrong_password_is_told_without_it(
    server: Server, url_of: Callable[[str], DatabaseUrl], password: str, found: str
) -> None:
    with closing(connect(url_of("x"))) as connection:
        connection.execute("DROP ROLE IF EXISTS carol")
        connection.execute("CREATE ROLE carol LOGIN PASSWORD 'right'")
    url = parse_url(f"postgresql://carol{password}@/x?host={server.folder.path}", origin="it")

    with pytest.raises(MoonpoolError) as caught:
        connect(url)

    place = f"`postgresql://***@/x?host={server.folder.path}`"
    assert caught.value.message.startswith(f"cannot connect to {place}: {found}")
    assert "wr0ng" not in str(caught.value)
    assert "carol" not in str(caught.value)
    assert caught.value.slug == "database-server"


def test_a_server_that_is_down_is_told_with_what_to_do(tmp_path: Path) -> None:
    url = parse_url(f"postgresql://dave:pass@/x_test?host={tmp_path}", origin="it")

    with pytest.raises(MoonpoolError) as caught:
        connect(url)

    assert caught.value.message.startswith(
        f"cannot connect to `postgresql://***@/x_test?host={tmp_path}`: "
    )
    assert "No such file or directory" in caught.value.message
    assert caught.value.hint == "start the server, or correct the URL"


def test_a_missing_psycopg_is_told_with_the_extra_to_install() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from moonpool.databases.connection import connect\n"
        "from moonpool.databases.urls import parse_url\n"
        "from moonpool.errors import MoonpoolError\n"
        "try: connect(parse_url('postgresql://h/x', origin='it'))\n"
        "except MoonpoolError as error: print(error.message); print(error.hint)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    message, hint = done.stdout.splitlines()
    assert message.startswith("PostgreSQL databases need psycopg 3, which cannot be imported")
    assert hint == 'run `pip install "moonpool[postgres]"`'
