"""Each worker of a SQLite URL has its own file."""

from __future__ import annotations

import pytest

from moonpool.databases.sqlite import worker_file_url
from moonpool.databases.urls import parse_url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sqlite:///app.db", "sqlite:///app_gw0.db"),
        ("sqlite+aiosqlite:////a.b/app.test.sqlite3?x=y", None),
        ("sqlite:///./folder/app", "sqlite:///./folder/app_gw0"),
        ("sqlite:///file:app.db?uri=true", "sqlite:///file:app_gw0.db?uri=true"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///file:x?mode=memory&uri=true", "sqlite:///file:x?mode=memory&uri=true"),
    ],
)
def test_a_file_gets_the_workers_name_and_memory_stays(text: str, expected: str | None) -> None:
    expected = expected or "sqlite+aiosqlite:////a.b/app.test_gw0.sqlite3?x=y"

    assert worker_file_url(parse_url(text, origin="it"), "gw0") == expected


def test_a_serial_run_uses_the_users_file() -> None:
    assert worker_file_url(parse_url("sqlite:///app.db", origin="it"), None) == "sqlite:///app.db"
