"""A SQLite URL leads to one file, and gets another name without losing a byte beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from moonpool.databases.sqlite.path import file_of, is_shared_file, leading_to, renamed, whole
from moonpool.databases.urls import DatabaseUrl, parse_url


def _url(text: str) -> DatabaseUrl:
    return whole(parse_url(text, origin="it"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sqlite:///app.db", "sqlite:///app_gw0.db"),
        ("sqlite+aiosqlite:////a.b/app.test.sqlite3?x=y", "…////a.b/app.test_gw0.sqlite3?x=y"),
        ("sqlite+pysqlite:///./folder/app", "sqlite+pysqlite:///./folder/app_gw0"),
        ("sqlite:////a b/my%20app.db", "sqlite:////a b/my%20app_gw0.db"),
        ("sqlite:///C:\\my.dir\\app", "sqlite:///C:\\my.dir\\app_gw0"),
        ("sqlite:///C:/my.dir/app.db", "sqlite:///C:/my.dir/app_gw0.db"),
        ("sqlite:///file:app.db?uri=true", "sqlite:///file:app_gw0.db?uri=true"),
        ("sqlite:///a#1.db?x=y", "sqlite:///a#1_gw0.db?x=y"),
        ("sqlite:///.hidden", "sqlite:///.hidden_gw0"),
    ],
)
def test_a_file_gets_the_workers_name(text: str, expected: str) -> None:
    expected = expected.replace("…", "sqlite+aiosqlite:")

    assert renamed(_url(text), None, "gw0").text == expected


def test_a_namespace_stands_before_the_worker_and_forms_no_path() -> None:
    assert renamed(_url("sqlite:///app.db"), "a/b ü", "gw0").text == "sqlite:///app_a-b-ü_gw0.db"


@pytest.mark.parametrize(
    "text",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///:memory:?cache=shared",
        "sqlite:///file::memory:?cache=shared&uri=true",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite:///file:/x?vfs=memdb&uri=true",
        "sqlite:///file:x.db?uri=true&mode=ro",
        "sqlite:///file:x.db?immutable=1&uri=true",
    ],
)
def test_what_lies_in_memory_or_is_only_read_is_shared_by_nobody(text: str) -> None:
    assert not is_shared_file(_url(text))


@pytest.mark.parametrize("text", ["sqlite:///mode=memory", "sqlite:///file:x.db?mode=rwc&uri=true"])
def test_every_other_file_is_shared(text: str) -> None:
    assert is_shared_file(_url(text))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sqlite:///app.db", "app.db"),
        ("sqlite:///./x/app.db", "x/app.db"),
        ("sqlite:////tmp/a b/app.db?x=y", "/tmp/a b/app.db"),
        ("sqlite:///a#1.db?x=y", "a#1.db"),
        ("sqlite:///my%20app.db", "my app.db"),
        ("sqlite:///file:my%20app.db?uri=true", "my app.db"),
        ("sqlite:///file:/tmp/app.db?uri=true", "/tmp/app.db"),
        ("sqlite:///file:///tmp/app.db?uri=true", "/tmp/app.db"),
        ("sqlite:///file://localhost/tmp/app.db?uri=true", "/tmp/app.db"),
    ],
)
def test_the_file_is_the_one_that_drivers_open(text: str, path: str) -> None:
    assert file_of(_url(text)) == Path(path).absolute()


@pytest.mark.parametrize("scheme", ["sqlite:///x.db", "sqlite:///file:x.db?uri=true"])
@pytest.mark.parametrize("name", ["app.db", "my app.db", "100%25.db", "a#b.db", "why?.db", "ü.db"])
def test_a_url_leads_to_the_file_that_it_was_made_for(
    scheme: str, name: str, tmp_path: Path
) -> None:
    made = leading_to(_url(scheme), tmp_path / name)

    assert file_of(_url(made.text)) == tmp_path / name


@pytest.mark.parametrize("name", ["my app.db", "100%25.db", "a#b.db", "why?.db"])
def test_sqlalchemy_opens_that_file(name: str, tmp_path: Path) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    engine = sqlalchemy.create_engine(leading_to(_url("sqlite:///x"), tmp_path / name).text)

    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE thing (x)"))
    engine.dispose()

    assert os.listdir(tmp_path) == [name]  # noqa: PTH208 - names, not paths
