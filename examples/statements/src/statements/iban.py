"""International account numbers (ISO 13616) and their check digits."""

from __future__ import annotations

import re

from statements.errors import StatementError

__all__ = ["is_iban", "parse_iban"]

_LENGTHS = {
    "AT": 20,
    "BE": 16,
    "CH": 21,
    "DE": 22,
    "ES": 24,
    "FR": 27,
    "GB": 22,
    "IT": 27,
    "NL": 18,
}


def parse_iban(text: str) -> str:
    """Return an account number without spaces, in capitals.

    Raises StatementError when its length or its check digits are wrong.
    """
    compact = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", compact):
        raise StatementError(f"`{text}` is not an IBAN")
    expected = _LENGTHS.get(compact[:2], len(compact))
    if len(compact) != expected:
        raise StatementError(f"`{text}` has {len(compact)} characters, expected {expected}")
    # ISO 7064: letters become 10 to 35, and the number that results leaves 1 when divided by 97.
    digits = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4])
    if int(digits) % 97 != 1:
        raise StatementError(f"`{text}` has wrong check digits")
    return compact


def is_iban(text: str) -> bool:
    """Whether ``text`` is an account number with the right check digits."""
    try:
        parse_iban(text)
    except StatementError:
        return False
    return True
