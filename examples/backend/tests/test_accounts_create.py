"""Creating accounts."""

import pytest
from bookkeeper import Bookkeeper


def test_a_new_account_can_be_shown(books: Bookkeeper) -> None:
    created = books.account("1200", "asset", "Bank")
    assert books.ask("/accounts/1200") == created
    assert (created["name"], created["type"], created["archived"]) == ("Bank", "asset", False)


@pytest.mark.parametrize("kind", ["asset", "liability", "equity", "income", "expense"])
def test_an_account_is_of_one_of_five_types(books: Bookkeeper, kind: str) -> None:
    assert books.account("1", kind)["type"] == kind


def test_a_sixth_type_is_refused(books: Bookkeeper) -> None:
    body = {"code": "1", "name": "Cloud", "type": "vapour"}
    assert books.problem("POST", "/accounts", json=body)[:2] == (422, "invalid-request")


def test_a_code_is_taken_once(books: Bookkeeper) -> None:
    books.account("1200")
    body = {"code": "1200", "name": "Other", "type": "asset"}
    assert books.problem("POST", "/accounts", json=body) == (
        409,
        "account-exists",
        "there is an account `1200` already",
    )


@pytest.mark.parametrize("code", ["", "-1", "a", "1 2", "X" * 21, "1/2"])
def test_a_code_that_cannot_stand_in_a_path_is_refused(books: Bookkeeper, code: str) -> None:
    body = {"code": code, "name": "Bank", "type": "asset"}
    assert books.problem("POST", "/accounts", json=body)[0] == 422


@pytest.mark.parametrize("code", ["1", "1200", "A.1-2", "9" * 20])
def test_a_code_may_be_short_or_long(books: Bookkeeper, code: str) -> None:
    books.account(code)
    assert books.ask(f"/accounts/{code}")["code"] == code


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_is_neither_empty_nor_endless(books: Bookkeeper, name: str) -> None:
    body = {"code": "1", "name": name, "type": "asset"}
    assert books.problem("POST", "/accounts", json=body)[:2] == (422, "invalid-request")


def test_space_around_a_name_is_dropped(books: Bookkeeper) -> None:
    assert books.account("1", name="  Bank ")["name"] == "Bank"


def test_a_name_may_use_any_script(books: Bookkeeper) -> None:
    assert books.account("1", name="现金 & Kasse №1")["name"] == "现金 & Kasse №1"


def test_an_account_that_was_refused_does_not_exist(books: Bookkeeper) -> None:
    books.problem("POST", "/accounts", json={"code": "1", "name": "", "type": "asset"})
    assert books.problem("GET", "/accounts/1")[:2] == (404, "no-such-account")
