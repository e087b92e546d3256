"""Accounts below accounts."""

import pytest
from bookkeeper import Bookkeeper


@pytest.fixture
def tree(books: Bookkeeper) -> Bookkeeper:
    books.account("1")
    books.account("1.2", parent="1")
    books.account("1.1", parent="1")
    books.account("1.1.1", parent="1.1")
    books.account("2", "equity")
    return books


def test_children_are_listed_by_code(tree: Bookkeeper) -> None:
    assert [child["code"] for child in tree.ask("/accounts/1/children")] == ["1.1", "1.2"]


def test_an_account_at_the_end_has_no_children(tree: Bookkeeper) -> None:
    assert tree.ask("/accounts/1.2/children") == []


def test_a_parent_has_to_exist(books: Bookkeeper) -> None:
    body = {"code": "1", "name": "x", "type": "asset", "parent": "0"}
    assert books.problem("POST", "/accounts", json=body)[:2] == (404, "no-such-account")


def test_a_child_is_of_its_parent_s_type(tree: Bookkeeper) -> None:
    body = {"code": "1.3", "name": "x", "type": "expense", "parent": "1"}
    assert tree.problem("POST", "/accounts", json=body) == (
        422,
        "wrong-parent",
        "`1` is of type asset, found expense",
    )


def test_a_group_s_balance_adds_all_below(tree: Bookkeeper) -> None:
    for code, amount in (("1", "1"), ("1.1", "20"), ("1.1.1", "300"), ("1.2", "4000")):
        tree.post("2024-05-01", code, "2", amount)
    balances = {
        code: tree.ask(f"/accounts/{code}/group-balance")["balance"]
        for code in ("1", "1.1", "1.1.1", "1.2", "2")
    }
    assert balances == {
        "1": "4321.00",
        "1.1": "320.00",
        "1.1.1": "300.00",
        "1.2": "4000.00",
        "2": "-4321.00",
    }


def test_moving_money_inside_a_group_leaves_its_balance(tree: Bookkeeper) -> None:
    tree.post("2024-05-01", "1.1", "2", "100")
    tree.post("2024-05-02", "1.2", "1.1", "60")
    assert tree.ask("/accounts/1/group-balance")["balance"] == "100.00"


def test_a_deep_tree_is_added_up_to_its_root(books: Bookkeeper) -> None:
    books.account("0", "equity")
    books.account("D1")
    for depth in range(2, 16):
        books.account(f"D{depth}", parent=f"D{depth - 1}")
        books.post("2024-05-01", f"D{depth}", "0", str(depth))
    assert books.ask("/accounts/D1/group-balance")["balance"] == f"{sum(range(2, 16))}.00"
