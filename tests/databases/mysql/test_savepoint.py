"""What goes through our connection is rolled back, whichever driver the URL names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from moonpool.databases import rolled_back
from moonpool.databases.drivers import synchronous_url

if TYPE_CHECKING:
    from moonpool.databases.mysql.connection import Session
    from tests.support.mysql import MysqlServer


@pytest.mark.parametrize(
    "query", ["", "?charset=utf8mb4&auth_plugin=x", "?ssl_disabled=true", "?unix_socket={socket}"]
)
def test_rows_are_gone_after_the_test(server: MysqlServer, admin: Session, query: str) -> None:
    admin.execute("CREATE DATABASE app_test; CREATE TABLE app_test.thing (id int)")
    text = server.url("app_test", "mariadb+asyncmy") + query.format(socket=server.socket)

    with rolled_back(text) as connection:
        connection.execute(sa.text("INSERT INTO thing VALUES (1)"))
        assert connection.execute(sa.text("SELECT id FROM thing")).all() == [(1,)]
    connection.engine.dispose()

    assert admin.execute("SELECT * FROM app_test.thing") == []


def test_credentials_reach_the_driver_as_they_were_meant() -> None:
    url = synchronous_url("mysql://al%40ice:s%2Fx@h:33/a_test?ssl_ca=/ca.pem&charset=latin1")

    assert (url.drivername, url.username, url.password) == ("mysql+pymysql", "al@ice", "s/x")
    assert (url.host, url.port, url.database) == ("h", 33, "a_test")
    assert url.query == {"ssl_ca": "/ca.pem"}
