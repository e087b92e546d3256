"""The word that tells this run's things apart from those of every other run on the machine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from moonpool.environment.claims import Claim, claim

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["claim_namespace"]

_LETTERS = 6


def claim_namespace(
    project: str,
    checkout: str,
    *,
    wanted: str | None = None,
    claim: Callable[[str], Claim | None] = claim,
) -> tuple[str, Claim | None]:
    """A word for this project and checkout, with a number while other runs of it are alive.

    A word that was set by hand is taken as it is, whoever else uses it.
    """
    if wanted:
        return wanted, None
    place = hashlib.sha256(f"{project}\0{checkout}".encode()).hexdigest()[:_LETTERS]
    number = 1
    while True:
        word = place if number == 1 else f"{place}-{number}"
        held = claim(f"namespace-{word}")
        if held is not None:
            return word, held
        number += 1
