"""Who did what."""

from bookkeeper import Bookkeeper, entry
from fastapi.testclient import TestClient


def actions(books: Bookkeeper, **params: object) -> list[tuple[str, str]]:
    records = books.ask("/audit", **params)["items"]
    return [(record["action"], record["subject"]) for record in records]


def test_every_change_of_an_account_is_recorded(books: Bookkeeper) -> None:
    books.account("1")
    books.change("/accounts/1", {"name": "Cash"})
    books.remove("/accounts/1")
    assert actions(books) == [
        ("create", "account/1"),
        ("change", "account/1"),
        ("remove", "account/1"),
    ]


def test_the_actor_is_who_the_request_names(client: TestClient) -> None:
    Bookkeeper(client, "ada").account("1")
    Bookkeeper(client).account("2")
    actors = [record["actor"] for record in Bookkeeper(client).ask("/audit")["items"]]
    assert actors == ["ada", "anonymous"]


def test_a_change_is_recorded_with_what_it_changed(ledger: Bookkeeper) -> None:
    ledger.change("/accounts/1200", {"name": "Giro", "archived": False})
    (record,) = ledger.ask("/audit", action="change")["items"]
    assert record["detail"] == {"name": "Giro", "archived": False}


def test_what_was_refused_is_not_recorded(ledger: Bookkeeper) -> None:
    before = len(actions(ledger))
    ledger.problem("POST", "/entries", json=entry("2024-05-01", "9", "8", "1"))
    ledger.problem("DELETE", "/accounts/9")
    assert len(actions(ledger)) == before


def test_entries_and_their_reversals_are_recorded(ledger: Bookkeeper) -> None:
    posted = ledger.post("2024-05-01", "6310", "1200", "1")
    reversal = ledger.send(f"/entries/{posted['id']}/reversal", {"day": "2024-05-02"})
    subject = f"entry/{posted['id']}"
    assert actions(ledger, subject=subject) == [("post", subject), ("reverse", subject)]
    (record,) = ledger.ask("/audit", action="reverse")["items"]
    assert record["detail"] == {"by": reversal["id"]}


def test_closing_and_opening_a_month_are_recorded(books: Bookkeeper) -> None:
    books.put("/periods/2024/5/closed")
    books.remove("/periods/2024/5/closed")
    assert actions(books) == [("close", "period/2024-05"), ("reopen", "period/2024-05")]


def test_rates_and_budgets_are_recorded(ledger: Bookkeeper) -> None:
    ledger.put("/rates", {"currency": "USD", "day": "2024-05-01", "value": "0.93"})
    ledger.put("/budgets", {"account": "6310", "year": 2024, "month": 5, "amount": "700"})
    assert actions(ledger, action="set") == [("set", "rate/USD/2024-05-01")]
    assert actions(ledger, action="plan") == [("plan", "budget/6310/2024-05")]


def test_a_repeated_request_is_recorded_once(ledger: Bookkeeper) -> None:
    for _ in range(3):
        headers = {"Idempotency-Key": "a"}
        ledger.send("/entries", entry("2024-05-01", "6310", "1200", "1"), headers=headers)
    assert len(actions(ledger, action="post")) == 1


def test_records_are_found_by_actor(client: TestClient, ledger: Bookkeeper) -> None:
    Bookkeeper(client, "grace").post("2024-05-01", "6310", "1200", "1")
    assert [action for action, _ in actions(ledger, actor="grace")] == ["post"]


def test_nothing_can_be_written_to_the_log(books: Bookkeeper) -> None:
    statuses = [books.request(method, "/audit").status_code for method in ("POST", "PUT", "DELETE")]
    assert statuses == [405, 405, 405]
