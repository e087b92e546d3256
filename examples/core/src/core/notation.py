"""How people in different countries write the same number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from core.errors import NotationError

if TYPE_CHECKING:
    from core.money import Money

__all__ = ["ENGLISH", "GERMAN", "SWISS", "Notation"]


@dataclass(frozen=True, slots=True)
class Notation:
    """The marks between the groups of three digits and before the decimals."""

    group: str
    decimal: str

    def read(self, text: str) -> Decimal:
        """Return the number that ``text`` means; a sign may stand before or after it.

        Raises NotationError for anything else, grouped digits in odd places included.
        """
        group, mark = re.escape(self.group), re.escape(self.decimal)
        digits = rf"(\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?:{mark}(\d+))?"
        match = re.fullmatch(rf"([+-]?){digits}([+-]?)", text.strip())
        if match is None or (match[1] and match[4]):
            raise NotationError(
                f"`{text}` is not a number such as `{self.write(Decimal('-1234.5'))}`"
            )
        sign = "-" if "-" in (match[1], match[4]) else ""
        return Decimal(f"{sign}{match[2].replace(self.group, '')}.{match[3] or '0'}")

    def write(self, number: Decimal) -> str:
        """Return ``number`` as people of this notation write it."""
        plain = f"{number:,}"
        return plain.translate({ord(","): self.group, ord("."): self.decimal})

    def write_money(self, money: Money) -> str:
        """Return the amount with its currency's decimals and code."""
        return f"{self.write(money.amount)} {money.currency}"


ENGLISH = Notation(group=",", decimal=".")
GERMAN = Notation(group=".", decimal=",")
SWISS = Notation(group="'", decimal=".")
