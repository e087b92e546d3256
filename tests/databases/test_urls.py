"""URLs keep every byte but the name, and show no credentials."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.databases.urls import parse_url
from moonpool.errors import ExitCode, MoonpoolError


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        ("postgresql:///", "app_test", ""),
        ("postgres://u:p@h:5432/", "app_test", ""),
        ("postgresql+asyncpg://u:p%40ss@h/", "app_test", "?ssl=require&x=%2F"),
        ("postgresql+psycopg:///", "app_test", "?host=/socket/dir"),
        ("postgresql+psycopg2://u@/", "app_test", "?host=/a&host=/b"),
        ("postgresql://u:p@[::1]:5432/", "app_test", ""),
        ("postgresql://u:p/w@h:5432/", "app_test", "?a=b"),
        ("postgresql://u:p?w#@h/", "app_test", ""),
        ("postgresql://h:5432/", "app_test", "?user=me@example.org"),
        ("postgresql://h1:1,h2:2/", "app_test", "?target_session_attrs=read-write"),
        ("postgresql://u:a@b@h/", "app_test", "#part"),
        ("postgis://u:p@h/", "app_test", ""),
    ],
)
def test_renaming_leaves_everything_beside_the_name_as_it_was(
    before: str, name: str, after: str
) -> None:
    url = parse_url(before + name + after, origin="it")

    assert url.name == name
    assert url.renamed("other_gw0").text == f"{before}other_gw0{after}"
    assert url.dialect == "postgresql"


def test_an_escaped_name_is_read_as_the_server_reads_it() -> None:
    assert parse_url("postgresql:///gr%C3%B6%C3%9Fe%20test", origin="it").name == "größe test"


def test_a_name_that_grows_keeps_the_spelling_of_its_beginning() -> None:
    url = parse_url("postgresql://h/gr%c3%b6%C3%9Fe_test?a=b", origin="it")

    assert url.renamed("größe_test_gw0").text == "postgresql://h/gr%c3%b6%C3%9Fe_test_gw0?a=b"


def test_a_new_name_is_escaped_only_where_it_must_be() -> None:
    plain = parse_url("postgresql://h/ä_test", origin="it")
    ascii_only = parse_url("postgresql://h/a_test", origin="it")

    assert plain.renamed("ö/?#% x").raw_name == "ö%2F%3F%23%25%20x"
    assert ascii_only.renamed("ö_gw0").raw_name == "%C3%B6_gw0"


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    st.sampled_from(["postgresql://u:p@h/x?host=/d", "postgres:///y%20z", "postgresql://h/ü"]),
)
def test_every_name_comes_back_from_the_url_that_it_was_put_into(name: str, text: str) -> None:
    url = parse_url(text, origin="it")

    again = parse_url(url.renamed(name).text, origin="it")

    assert again.name == name
    assert (again.before, again.after) == (url.before, url.after)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://alice:s3cret@h:5432/app_test?host=/d",
        "postgresql://alice:s3/cret@h:5432/app_test",
        "postgresql://h/app_test?user=alice&password=s3cret&sslmode=require",
        "postgresql://alice:a@s3cret@h/app_test#s3cret",
    ],
)
def test_no_form_for_people_shows_credentials(text: str) -> None:
    url = parse_url(text, origin="it")

    for shown in (url.masked, repr(url)):
        assert "alice" not in shown
        assert "cret" not in shown


def test_the_masked_form_keeps_what_helps_to_find_the_server() -> None:
    url = parse_url("postgresql://alice:s3cret@h:5432/app_test?sslmode=require&x=y", origin="it")

    assert url.masked == "postgresql://***@h:5432/app_test?sslmode=require&x=***"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`URL` is not a database URL"),
        ("host=h password=s3cret", "`URL` is not a database URL"),
        ("postgresql://u:s3cret@h", "`URL` names no database: `postgresql://***@h/`"),
        (
            "postgresql://u:s3cret@h/?a=s3cret",
            "`URL` names no database: `postgresql://***@h/?a=***`",
        ),
        ("postgresql://h/x?dbname=y", "`URL` names its database in the query"),
        (
            "postgresql://u:12/s3cret@h/db",
            "`URL` can be read in two ways: an `@` follows the first `/`",
        ),
    ],
)
def test_a_url_whose_database_cannot_be_exchanged_is_refused(text: str, message: str) -> None:
    with pytest.raises(MoonpoolError) as caught:
        parse_url(text, origin="`URL`")

    assert caught.value.message == message
    assert caught.value.slug == "database-url"
    assert caught.value.exit_code == ExitCode.DATABASE
    assert "s3cret" not in str(caught.value)


def test_other_dialects_are_known_by_their_scheme_without_the_driver() -> None:
    assert parse_url("mysql+pymysql://u@h/x", origin="it").dialect == "mysql"
    assert parse_url("sqlite+aiosqlite:///x.db", origin="it").dialect == "sqlite"
