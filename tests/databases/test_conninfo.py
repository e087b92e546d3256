"""libpq gets the same server from every dialect."""

from __future__ import annotations

import pytest

from moonpool.databases.conninfo import connection_parameters, hosts
from moonpool.databases.urls import parse_url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql:///x", {}),
        (
            "postgresql+asyncpg://u:p%40s@h:5433/x?ssl=require&prepared_statement_cache_size=0",
            {"user": "u", "password": "p@s", "host": "h", "port": "5433", "sslmode": "require"},
        ),
        ("postgresql+psycopg://u@/x?host=/a/b", {"user": "u", "host": "/a/b"}),
        ("postgresql://[::1]:5432/x", {"host": "::1", "port": "5432"}),
        ("postgresql://h1:1,h2:2/x", {"host": "h1,h2", "port": "1,2"}),
        ("postgresql:///x?host=h1:1&host=h2:2", {"host": "h1,h2", "port": "1,2"}),
        ("postgresql:///x?host=/d&port=6000&user=u", {"host": "/d", "port": "6000", "user": "u"}),
        ("postgresql://h/x?ssl=true&sslmode=disable", {"host": "h", "sslmode": "disable"}),
    ],
)
def test_the_parameters_for_a_database_on_the_server_of_a_url(
    text: str, expected: dict[str, str]
) -> None:
    parameters = connection_parameters(parse_url(text, origin="it"), "postgres")

    assert parameters == {**expected, "dbname": "postgres"}


def test_hosts_are_listed_one_by_one() -> None:
    assert hosts(parse_url("postgresql://h1:1,h2/x", origin="it")) == ("h1", "h2")
    assert hosts(parse_url("postgresql:///x", origin="it")) == ()
