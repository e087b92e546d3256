"""A family of names belongs to one live run, and the next one finds another."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.claims import claim_family, claim_note
from moonpool.databases.lifecycle import create
from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.names import automatic_namespaces
from moonpool.databases.postgres import PostgresLink
from moonpool.databases.state import Family
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moonpool.databases.urls import DatabaseUrl


def _mark(run: str) -> Mark:
    return Mark("app", "/checkout", run, "", "", advisory_key("run", run))


def test_claims_go_from_the_plain_name_to_the_place_to_the_run(
    url_of: Callable[[str], DatabaseUrl],
) -> None:
    place, run = automatic_namespaces("app", "/checkout", "same")
    with ExitStack() as stack:
        links = [stack.enter_context(closing(PostgresLink.open(url_of("x")))) for _ in range(4)]
        mark = _mark("same")

        families = [claim_family(each, "a_test", None, mark) for each in links[:3]]

        assert [family.namespace for family in families] == [None, place, run]
        with pytest.raises(MoonpoolError) as caught:
            claim_family(links[3], "a_test", None, mark)
        assert caught.value.message == (
            "all names for test databases beside `a_test` are in use by live runs"
        )
        assert claim_family(links[3], "a_test", "ci", mark) == Family("a_test", "ci")
        assert claim_family(links[2], "a_test", "ci", mark).namespace == f"ci_{place}"


def test_a_claim_ends_with_its_connection(url_of: Callable[[str], DatabaseUrl]) -> None:
    first = PostgresLink.open(url_of("x"))
    assert claim_family(first, "a_test", None, _mark("one")).namespace is None
    pid = first.session
    first.close()

    with closing(PostgresLink.open(url_of("x"))) as second:
        # The server notices the end of a connection in its own time.
        second.connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        assert claim_family(second, "a_test", None, _mark("two")).namespace is None


def test_another_connection_of_the_same_run_shares_its_claims(
    url_of: Callable[[str], DatabaseUrl],
) -> None:
    with (
        closing(PostgresLink.open(url_of("x"))) as one,
        closing(PostgresLink.open(url_of("x"))) as two,
    ):
        claim_family(one, "a_test", None, _mark("run"))

        family = claim_family(two, "a_test", None, _mark("run"), own_sessions=[one.session])

        assert family == Family("a_test", None)


def test_the_database_of_another_runs_worker_is_no_plain_name_for_us(
    url_of: Callable[[str], DatabaseUrl],
) -> None:
    outer = _mark("outer")
    with (
        closing(PostgresLink.open(url_of("x"))) as one,
        closing(PostgresLink.open(url_of("x"))) as two,
    ):
        one.take_lock(outer.lock)
        create(one, "a_test_gw0", outer)

        assert claim_family(two, "a_test_gw0", None, _mark("inner")).namespace is not None


def test_only_a_namespace_that_was_not_asked_for_is_told() -> None:
    assert claim_note(Family("a_test", None), None) is None
    assert claim_note(Family("a_test", "ci"), "ci") is None
    assert claim_note(Family("a_test", "3f9a2c"), None) == (
        "`a_test` is in use by another run on this server: this run's databases are"
        " `a_test_3f9a2c…`"
    )
