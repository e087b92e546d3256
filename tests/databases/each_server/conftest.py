"""Each kind of server in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.databases.urls import parse_url
from tests.databases.each_server.ground import mysql_ground, postgres_ground

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases.each_server.ground import Ground


@pytest.fixture(params=["postgresql", "mysql"])
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """A real server; what a test made is gone after it."""
    if request.param == "postgresql":
        yield postgres_ground(request.getfixturevalue("url_of")("app_test"))
        return
    server = request.getfixturevalue("mysql_server")
    yield mysql_ground(parse_url(server.url("app_test"), origin="test"), str(server.socket))
    server.empty()


@pytest.fixture
def environ(ground: Ground) -> dict[str, str]:
    """An environment whose `DATABASE_URL` leads to the server."""
    return ground.environ
