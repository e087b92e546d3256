"""Statements in SWIFT's MT940, as far as banks agree on it.

Fields 25 (account), 60F and 62F (balances), 61 (transaction) and 86 (its text) are read, all others
are passed over.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from core import GERMAN, Money, currency

from statements.errors import StatementError
from statements.models import Statement, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core import Currency

__all__ = ["read_mt940"]

_FIELD = re.compile(r"^:(\d\d[A-Z]?):(.*?)(?=^:\d\d[A-Z]?:|^-\s*$|\Z)", re.MULTILINE | re.DOTALL)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,]+)")
# Value day, optional booking day, mark (R reverses), amount, transaction type, reference.
_MOVEMENT = re.compile(r"(\d{6})(?:\d{4})?(R?[CD])[A-Z]?([\d,]+)[A-Z][A-Z0-9]{3}([^/\n]*)")
_SUBFIELD = re.compile(r"\?(\d\d)([^?]*)")


def read_mt940(text: str) -> Statement:
    """Return the statement, whose balances must agree with its transactions.

    Raises StatementError for a field that is missing or not understood.
    """
    fields = [(tag, value.strip()) for tag, value in _FIELD.findall(text)]
    opening, closing = _balance(fields, "60F"), _balance(fields, "62F")
    transactions = tuple(_transactions(fields, opening.currency))
    account = _single(fields, "25")
    return Statement(account, opening.currency, transactions, opening, closing).verified()


def _single(fields: list[tuple[str, str]], wanted: str) -> str:
    for tag, value in fields:
        if tag == wanted:
            return value
    raise StatementError(f"field :{wanted}: is missing")


def _balance(fields: list[tuple[str, str]], tag: str) -> Money:
    match = _BALANCE.fullmatch(_single(fields, tag))
    if match is None:
        raise StatementError(f"field :{tag}: is not a balance: `{_single(fields, tag)}`")
    return _amount(match[1], match[4], currency(match[3]))


def _amount(mark: str, digits: str, unit: Currency) -> Money:
    # MT940 always writes the comma, `5,` included.
    money = Money.of(GERMAN.read(digits.rstrip(",")), unit)
    return money if mark in ("C", "RD") else -money


def _transactions(fields: list[tuple[str, str]], unit: Currency) -> Iterator[Transaction]:
    for position, (tag, value) in enumerate(fields):
        if tag == "61":
            following = fields[position + 1] if position + 1 < len(fields) else ("", "")
            yield _transaction(value, following[1] if following[0] == "86" else "", unit)


def _transaction(movement: str, information: str, unit: Currency) -> Transaction:
    match = _MOVEMENT.match(movement)
    if match is None:
        raise StatementError(f"field :61: is not a transaction: `{movement}`")
    parts = dict(_SUBFIELD.findall(information.replace("\n", "")))
    return Transaction(
        booked_on=datetime.strptime(match[1], "%y%m%d").date(),
        amount=_amount(match[2], match[3], unit),
        counterparty=parts.get("32", "") + parts.get("33", ""),
        purpose="".join(parts.get(str(number), "") for number in range(20, 30)),
        reference=match[4].strip(),
    )
