"""Names are derived, stable and short enough, and two never become one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moonpool.databases.names import (
    LONGEST_NAME_BYTES,
    LONGEST_NAME_LETTERS,
    automatic_namespaces,
    database_name,
)
from moonpool.databases.urls import MYSQL

_bases = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=120
)
_workers = st.none() | st.integers(0, 200).map(lambda number: f"gw{number}")


def test_names_say_what_they_are() -> None:
    assert database_name("app_test") == "app_test"
    assert database_name("app_test", "gw0") == "app_test_gw0"
    assert database_name("app_test", "gw12", "ci") == "app_test_ci_gw12"
    assert database_name("app_test", None, "ci") == "app_test_ci"


def test_a_long_name_keeps_its_beginning_and_its_worker() -> None:
    assert database_name("x" * 80, "gw0") == "x" * 48 + "_a7cf07169b_gw0"


def test_a_name_is_never_cut_within_a_letter() -> None:
    name = database_name("ü" * 40, "gw0")

    assert name.startswith("ü" * 24 + "_")
    assert name.endswith("_gw0")


@given(_bases, _workers, st.none() | _bases)
def test_every_name_fits(base: str, worker: str | None, namespace: str | None) -> None:
    name = database_name(base, worker, namespace)

    assert 0 < len(name.encode()) <= LONGEST_NAME_BYTES
    assert name == database_name(base, worker, namespace)


@given(_bases, _workers, st.none() | _bases)
def test_every_name_fits_a_server_that_counts_letters(
    base: str, worker: str | None, namespace: str | None
) -> None:
    assert 0 < len(database_name(base, worker, namespace, MYSQL)) <= LONGEST_NAME_LETTERS


def test_the_longest_name_that_a_user_may_have_stays_as_it_is() -> None:
    assert database_name("ü" * 64, dialect=MYSQL) == "ü" * 64
    assert database_name("x" * 63) == "x" * 63
    assert database_name("ü" * 64, "gw0", dialect=MYSQL).startswith("ü" * 49 + "_")


@given(_bases, _bases, _workers, _workers)
def test_two_long_names_never_become_one(
    one: str, two: str, first: str | None, second: str | None
) -> None:
    prefix = "x" * LONGEST_NAME_BYTES
    different = (one, first) != (two, second)

    same_name = database_name(prefix + one, first) == database_name(prefix + two, second)

    # `a` for worker gw0 and `a_gw0` without a worker have one whole name, and so one short one.
    whole_one, whole_two = f"{one}_{first}" if first else one, f"{two}_{second}" if second else two
    assert not same_name or not different or whole_one == whole_two


def test_automatic_namespaces_tell_checkouts_apart_and_are_stable() -> None:
    place, run = automatic_namespaces("app", "/a", "r1")

    assert (place, run) == automatic_namespaces("app", "/a", "r1")
    assert len({place, automatic_namespaces("app", "/b", "r1")[0]}) == 2
    assert place == automatic_namespaces("app", "/a", "r2")[0]
    assert run != automatic_namespaces("app", "/a", "r2")[1]
    assert run.startswith(place)
