"""Servers that take no writes, no connection or no byte more: one error, and nothing is left."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.databases import (
    DatabaseSettings,
    Recipe,
    clean_server,
    open_databases,
    server_databases,
    worker_environment,
)
from moonpool.databases.account import server_account
from moonpool.databases.connection import connect
from moonpool.databases.server import server_url
from moonpool.databases.urls import parse_url
from moonpool.errors import MoonpoolError
from tests.support.postgres import needs_postgres, running_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from moonpool.databases.urls import DatabaseUrl

pytestmark = needs_postgres

_SETTINGS = DatabaseSettings(("DATABASE_URL",))
_FULL_BYTES = 52 * 2**20


def _refusal(url: DatabaseUrl, *workers: str, settings: DatabaseSettings = _SETTINGS) -> str:
    """What a run says whose databases cannot be had."""
    environ = {"DATABASE_URL": url.text}
    with pytest.raises(MoonpoolError) as caught:
        _run(environ, workers, settings)
    error = caught.value
    assert error.hint
    return f"{error.message.rpartition('`: ')[2]} ({error.slug})"


def _run(environ: dict[str, str], workers: Sequence[str], settings: DatabaseSettings) -> None:
    with open_databases(
        settings, project="app", checkout=Path("/checkout"), run_id="run", environ=environ
    ) as databases:
        for worker in workers:
            told = {**environ, **databases.environment}
            worker_environment(settings, worker=worker, environ=told)


def _url(folder: Path) -> DatabaseUrl:
    return server_url(folder, parse_url("postgresql:///app_test", origin="it"))


def test_a_replica_is_read_but_no_place_for_databases(place: Path) -> None:
    with running_postgres(place, prepare=lambda data: (data / "standby.signal").touch()) as folder:
        url = _url(folder)

        assert _refusal(url, "gw0") == (
            "the server is a read-only replica, or its sessions are set to read only"
            " (database-rights)"
        )
        found = server_databases(url.text, origin="it")
        assert found.databases == ()
        assert found.durability.commit_seconds is None
        assert found.durability.sentence.startswith("fsync on, ")
        assert clean_server(url.text, origin="it").dropped == ()


def test_a_role_that_only_reads_is_told_so(url_of: Callable[[str], DatabaseUrl]) -> None:
    with closing(connect(url_of("x"))) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN CREATEDB PASSWORD 'r'")
        connection.execute("ALTER ROLE reader SET default_transaction_read_only = on")
    url = url_of("app_test")
    reader = type(url)(url.before.replace("postgres@", "reader:r@"), url.raw_name, url.after)

    assert "its sessions are set to read only" in _refusal(reader, "gw0")


def test_a_server_without_a_free_connection_is_told_from_a_role_without(place: Path) -> None:
    settings = ("max_connections=4", "superuser_reserved_connections=0")
    with running_postgres(place, *settings) as folder, ExitStack() as held:
        url = _url(folder)
        first = held.enter_context(closing(connect(url)))
        first.execute("CREATE ROLE lonely LOGIN CREATEDB CONNECTION LIMIT 1")
        lonely = type(url)(url.before.replace("postgres@", "lonely@"), url.raw_name, url.after)

        assert _refusal(lonely, "gw0") == (
            "the role may have no further connection (database-server)"
        )
        for _ in range(3):
            held.enter_context(closing(connect(url)))
        assert _refusal(url) == "the server has no free connection (database-server)"


def test_a_full_disk_is_told_and_what_was_half_copied_is_gone(place: Path, tmp_path: Path) -> None:
    (tmp_path / "big.sql").write_text(
        "CREATE TABLE big AS SELECT repeat('x', 500) FROM generate_series(1, 5000)"
    )
    settings = DatabaseSettings(
        ("DATABASE_URL",), recipe=Recipe(tmp_path, sql=("big.sql",), whole=None)
    )
    with (
        _small_disk(place / "small") as disk,
        # Only then are files copied at once; else they are filled when buffers are written.
        running_postgres(place, "fsync=off", prepare=lambda data: _move_base(data, disk)) as folder,
    ):
        url = _url(folder)

        said = _refusal(url, "gw0", "gw1", "gw2", settings=settings)

        assert said == "the server's disk is full (database-server)"
        found = server_databases(url.text, origin="it")
        assert found.databases == ()
        assert [template.finished for template in found.templates] == [True]


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    account = server_account()
    options = f"size={_FULL_BYTES},mode=0755,uid={account.uid},gid={account.gid}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no small disk can be made: {error}")
    if done.returncode != 0:
        pytest.skip(f"no small disk can be made: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _move_base(data: Path, disk: Path) -> None:
    """Let databases fill the small disk, but not the log, for want of which the server stops."""
    subprocess.run(["cp", "-a", f"{data / 'base'}/.", str(disk)], check=True)
    shutil.rmtree(data / "base")
    (data / "base").symlink_to(disk)
