"""Workers that cannot have their databases: said once, as an error of the run and not of pytest."""

from __future__ import annotations

import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from execnet.gateway_base import RemoteError

from moonpool.databases.connection import connect
from moonpool.databases.server import server_url
from moonpool.databases.urls import parse_url
from moonpool.plugin.refusal import Refusals, RefusedError
from tests.support.postgres import needs_postgres, running_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.databases.urls import DatabaseUrl
    from tests.support.project import PytestProject

CONFIG = '[tool.moonpool.databases]\nurls = ["DATABASE_URL"]\n'


@pytest.fixture(scope="module")
def url() -> Iterator[DatabaseUrl]:
    """A superuser's URL on a server of our own, which has a role that may make no databases."""
    with tempfile.TemporaryDirectory(prefix="mp-test-", dir="/tmp") as base:
        Path(base).chmod(0o755)
        with running_postgres(Path(base), "fsync=off") as folder:
            url = server_url(folder, parse_url("postgresql:///ledger_test", origin="it"))
            with connect(url) as connection:
                connection.execute("CREATE ROLE reader LOGIN")
            yield url


@needs_postgres
def test_it_is_one_error_however_many_workers_there_are(
    project: PytestProject, url: DatabaseUrl
) -> None:
    project.write("pyproject.toml", CONFIG)
    project.tests(files=4)
    reader = url.text.replace("postgres@", "reader@")

    done = project.test("-n", "3", DATABASE_URL=reader)

    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout
    assert done.stderr.count("the role has no right to do that") == 1
    assert "hint: as a superuser run `ALTER ROLE … CREATEDB` for the role" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def _refused() -> RemoteError:
    try:
        raise RefusedError("no room\nhint: make room")
    except RefusedError:
        return RemoteError(traceback.format_exc())


def test_workers_that_have_theirs_go_on_without_one_that_comes_later() -> None:
    refusals, first, late = Refusals(), object(), object()
    refusals.pytest_testnodeready(first)
    refusals.pytest_runtest_logstart()
    error = _refused()

    refusals.pytest_testnodedown(late, error)

    assert str(error) == "no room\nhint: make room"
    assert refusals.refused == {late}


def test_nobody_goes_on_when_the_last_one_crashed() -> None:
    refusals, first, late = Refusals(), object(), object()
    refusals.pytest_testnodeready(first)
    refusals.pytest_runtest_logstart()
    refusals.pytest_testnodedown(first, RemoteError("Not properly terminated"))

    with pytest.raises(pytest.UsageError, match="no room\nhint: make room"):
        refusals.pytest_testnodedown(late, _refused())
