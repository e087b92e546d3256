"""One door for every format: look at the text, then read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from statements.camt import read_camt
from statements.csv_export import read_csv
from statements.mt940 import read_mt940

if TYPE_CHECKING:
    from statements.models import Statement

__all__ = ["Format", "read_statement", "sniff"]

Format = Literal["camt", "csv", "mt940"]


def sniff(text: str) -> Format:
    """Return the format that a text is in; what is neither XML nor SWIFT is taken for CSV."""
    start = text.lstrip("\ufeff \r\n")
    if start.startswith("<"):
        return "camt"
    return "mt940" if start.startswith((":20:", "{1:")) else "csv"


def read_statement(text: str, account: str) -> Statement:
    """Return the statement in any known format; ``account`` names it where the format cannot.

    Raises StatementError when it cannot be read.
    """
    clean = text.lstrip("\ufeff").replace("\r\n", "\n")
    match sniff(clean):
        case "camt":
            return read_camt(clean)
        case "mt940":
            return read_mt940(clean)
        case _:
            return read_csv(clean, account)
