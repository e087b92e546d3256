"""Exchange rates by day."""

import pytest
from bookkeeper import Bookkeeper


def rate(books: Bookkeeper, day: str, value: str, currency: str = "USD") -> object:
    return books.put("/rates", {"currency": currency, "day": day, "value": value})


def worth(books: Bookkeeper, amount: str, day: str, currency: str = "USD") -> str:
    answer = books.ask(f"/rates/{currency}/conversion", amount=amount, day=day)
    assert answer["currency"] == "EUR"
    return str(answer["amount"])


def test_a_rate_is_answered_as_it_was_set(books: Bookkeeper) -> None:
    assert rate(books, "2024-05-01", "0.9312") == {
        "currency": "USD",
        "day": "2024-05-01",
        "value": "0.9312",
    }


def test_rates_are_listed_the_latest_first(books: Bookkeeper) -> None:
    for day in ("2024-05-01", "2024-05-03", "2024-05-02"):
        rate(books, day, "0.9")
    days = [found["day"] for found in books.ask("/rates/USD")]
    assert days == ["2024-05-03", "2024-05-02", "2024-05-01"]


def test_the_same_day_is_replaced(books: Bookkeeper) -> None:
    rate(books, "2024-05-01", "0.9")
    rate(books, "2024-05-01", "0.8")
    assert [found["value"] for found in books.ask("/rates/USD")] == ["0.80000000"]


def test_a_rate_holds_until_the_next_one(books: Bookkeeper) -> None:
    rate(books, "2024-05-01", "0.90")
    rate(books, "2024-05-10", "0.95")
    days = ("2024-05-01", "2024-05-09", "2024-05-10", "2030-01-01")
    assert [worth(books, "100", day) for day in days] == ["90.00", "90.00", "95.00", "95.00"]


def test_before_the_first_rate_there_is_none(books: Bookkeeper) -> None:
    rate(books, "2024-05-01", "0.9")
    params = {"amount": "1", "day": "2024-04-30"}
    assert books.problem("GET", "/rates/USD/conversion", params=params) == (
        422,
        "missing-rate",
        "no rate from USD to EUR on or before 2024-04-30",
    )


def test_the_books_own_currency_has_no_rate(books: Bookkeeper) -> None:
    body = {"currency": "EUR", "day": "2024-05-01", "value": "1"}
    found = books.problem("PUT", "/rates", json=body)
    assert found == (422, "base-currency", "books are kept in EUR, which has no rate")


def test_the_books_own_currency_is_worth_itself(books: Bookkeeper) -> None:
    assert worth(books, "12.34", "2024-05-01", "EUR") == "12.34"


@pytest.mark.parametrize("value", ["0", "-1", "much", "0.123456789"])
def test_a_rate_is_positive_and_has_eight_decimals(books: Bookkeeper, value: str) -> None:
    body = {"currency": "USD", "day": "2024-05-01", "value": value}
    assert books.problem("PUT", "/rates", json=body)[:2] == (422, "invalid-request")


@pytest.mark.parametrize(
    ("currency", "value", "amount", "expected"),
    [
        ("JPY", "0.00612", "1000", "6.12"),
        ("KWD", "2.98", "1.005", "2.99"),
        ("USD", "0.5", "0.01", "0.01"),
    ],
)
def test_worth_is_rounded_half_up_to_cents(
    books: Bookkeeper, currency: str, value: str, amount: str, expected: str
) -> None:
    rate(books, "2024-05-01", value, currency)
    assert worth(books, amount, "2024-05-01", currency) == expected


def test_a_currency_may_be_written_in_small_letters(books: Bookkeeper) -> None:
    rate(books, "2024-05-01", "0.9", "usd")
    assert len(books.ask("/rates/usd")) == 1


def test_a_year_of_daily_rates_is_searched(books: Bookkeeper) -> None:
    for number in range(1, 13):
        for day in range(1, 5):
            rate(books, f"2024-{number:02}-{day:02}", f"0.{number:02}{day}")
    assert worth(books, "1000", "2024-07-31") == "74.00"
