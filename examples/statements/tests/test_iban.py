"""Account numbers and their check digits."""

import pytest
from statements import StatementError, is_iban, parse_iban


@pytest.mark.parametrize(
    "text",
    ["DE89 3704 0044 0532 0130 00", "gb82west12345698765432", "CH93 0076 2011 6238 5295 7"],
)
def test_a_right_number_is_an_iban(text: str) -> None:
    assert is_iban(text)


def test_spaces_and_case_are_made_uniform() -> None:
    assert parse_iban(" de89 3704 0044 0532 0130 00 ") == "DE89370400440532013000"


def test_two_digits_exchanged_are_noticed() -> None:
    with pytest.raises(StatementError, match="has wrong check digits"):
        parse_iban("DE89 3704 0044 0532 0310 00")


def test_a_missing_digit_is_counted() -> None:
    with pytest.raises(StatementError, match="has 21 characters, expected 22"):
        parse_iban("DE8937040044053201300")


@pytest.mark.parametrize("text", ["", "1234", "Muster GmbH", "DE8937040044-532013000"])
def test_other_text_is_no_iban(text: str) -> None:
    assert not is_iban(text)


def test_every_single_wrong_digit_is_noticed() -> None:
    right = "DE89370400440532013000"
    for position in range(2, len(right)):
        for digit in set("0123456789") - {right[position]}:
            assert not is_iban(right[:position] + digit + right[position + 1 :])
