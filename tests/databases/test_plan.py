"""Each variable is sorted by what has to be done for it."""

from __future__ import annotations

import pytest

from moonpool.databases.plan import plan_databases
from moonpool.databases.settings import DatabaseSettings
from moonpool.errors import MoonpoolError


def test_a_variable_that_is_set_wins_over_the_default() -> None:
    settings = DatabaseSettings(("A", "B", "C"), "postgresql+asyncpg:///x_test")

    plan = plan_databases(settings, {"A": "postgresql://h/a_test", "B": ""})

    assert {name: url.text for name, url in plan.given.items()} == {"A": "postgresql://h/a_test"}
    assert list(plan.ephemeral) == ["B", "C"]
    assert plan.others == {}
    assert plan.notes == ()


def test_without_a_default_a_missing_variable_is_left_alone() -> None:
    plan = plan_databases(DatabaseSettings(("A",)), {})

    assert (plan.given, plan.ephemeral, plan.others) == ({}, {}, {})


def test_a_default_without_a_server_needs_none() -> None:
    plan = plan_databases(DatabaseSettings(("A",), "sqlite:///x.db"), {})

    assert plan.others["A"].text == "sqlite:///x.db"
    assert plan.ephemeral == {}
    assert plan.notes == ()


def test_another_dialect_is_left_as_it_is_with_a_note() -> None:
    plan = plan_databases(DatabaseSettings(("A",)), {"A": "mssql+pyodbc://u:secret@h/x_test"})

    assert plan.given == {}
    (note,) = plan.notes
    assert note == (
        "`A` is a `mssql` URL and stays as it is: databases for each worker are made on PostgreSQL,"
        " MySQL, MariaDB and SQLite"
    )


def test_only_a_server_of_the_users_is_suspected_of_being_production() -> None:
    assert plan_databases(DatabaseSettings(("A",), "postgresql:///app"), {}).ephemeral
    with pytest.raises(MoonpoolError, match="`A` looks like production"):
        plan_databases(DatabaseSettings(("A",)), {"A": "postgresql:///app"})


def test_a_bad_default_is_named_by_its_setting() -> None:
    with pytest.raises(MoonpoolError, match=r"^`default` in `\[tool.moonpool.databases\]` is not"):
        plan_databases(DatabaseSettings(("A",), "app_test"), {})
