"""Statements in ISO 20022's camt.053: one account, its booked entries and balances.

The file is trusted as far as the standard library's parser is: entities are not expanded from
elsewhere, yet a hostile file may still be large.
"""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

from core import Money, currency

from statements.errors import StatementError
from statements.models import Statement, Transaction

__all__ = ["read_camt"]


def read_camt(text: str) -> Statement:
    """Return the statement; entries that are only announced (`PDNG`) are left out.

    Raises StatementError for anything that is not XML or lacks what a statement needs.
    """
    try:
        # The standard's namespaces differ by version, the elements that we read do not.
        document = ElementTree.fromstring(re.sub(r'\sxmlns="[^"]*"', "", text))
    except ElementTree.ParseError as error:
        raise StatementError(f"not XML: {error}") from error
    statement = _child(document, ".//Stmt")
    opening, closing = _balance(statement, "OPBD"), _balance(statement, "CLBD")
    booked = [entry for entry in statement.iterfind("Ntry") if _text(entry, "Sts") != "PDNG"]
    account = _text(statement, "Acct/Id/IBAN")
    transactions = tuple(_transaction(entry) for entry in booked)
    return Statement(account, opening.currency, transactions, opening, closing).verified()


def _child(element: ElementTree.Element, path: str) -> ElementTree.Element:
    found = element.find(path)
    if found is None:
        raise StatementError(f"element `{path.removeprefix('.//')}` is missing")
    return found


def _text(element: ElementTree.Element, path: str) -> str:
    return (_child(element, path).text or "").strip()


def _optional(element: ElementTree.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _balance(statement: ElementTree.Element, code: str) -> Money:
    for balance in statement.iterfind("Bal"):
        if _optional(balance, "Tp/CdOrPrtry/Cd") == code:
            return _amount(balance)
    raise StatementError(f"balance `{code}` is missing")


def _amount(element: ElementTree.Element) -> Money:
    amount = _child(element, "Amt")
    money = Money.of((amount.text or "").strip(), currency(amount.get("Ccy", "")))
    return money if _text(element, "CdtDbtInd") == "CRDT" else -money


def _transaction(entry: ElementTree.Element) -> Transaction:
    money = _amount(entry)
    # Whoever stands on the other side pays what comes in and gets what goes out.
    other = "Dbtr" if money.minor > 0 else "Cdtr"
    return Transaction(
        booked_on=date.fromisoformat(_text(entry, "BookgDt/Dt")),
        amount=money,
        counterparty=_optional(entry, f"NtryDtls/TxDtls/RltdPties/{other}/Nm"),
        purpose=_optional(entry, "NtryDtls/TxDtls/RmtInf/Ustrd"),
        reference=_optional(entry, "NtryDtls/TxDtls/Refs/EndToEndId"),
    )
