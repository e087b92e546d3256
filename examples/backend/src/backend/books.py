"""The books' own facts: the currency they are kept in, and amounts to and from text."""

from decimal import Decimal
from typing import Annotated

from core import Money, currency
from pydantic import AfterValidator, PlainSerializer

__all__ = ["BASE", "CurrencyCode", "DecimalText", "amount_text", "base_text"]

BASE = currency("EUR")

CurrencyCode = Annotated[str, AfterValidator(lambda code: currency(code).code)]
# Amounts travel as text: a JSON number would pass through binary floating point.
DecimalText = Annotated[Decimal, PlainSerializer(lambda number: f"{number:f}", return_type=str)]


def amount_text(minor: int, code: str) -> str:
    """Return an amount of minor units with the decimals of its currency."""
    return str(Money(minor, currency(code)).amount)


def base_text(minor: int) -> str:
    """Return an amount in the books' currency."""
    return amount_text(minor, BASE.code)
