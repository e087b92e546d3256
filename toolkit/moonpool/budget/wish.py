"""What somebody asked for: a number of workers, a share of the machine, or `auto`."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["MOST_WORKERS", "Wish", "parse_wish"]

# The controller waits for every worker's start in turn (about 0.05 s each) and keeps a pipe pair
# open per worker: beyond this a typing error is likelier than a machine that wants it.
MOST_WORKERS = 512

_PERCENTAGE = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_EXPECTED = f"`auto`, a number from 0 to {MOST_WORKERS}, or a percentage such as `50%`"


class Wish(NamedTuple):
    """A number of workers asked for by ``source``.

    ``workers`` is a fixed number (0: run in this process), ``share`` a fraction of the machine's
    CPUs above 0 and at most 1; with neither, the number is chosen automatically.
    """

    source: str
    workers: int | None = None
    share: float | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether the number itself was asked for, so that no limit may change it."""
        return self.workers is not None


def parse_wish(text: str | int, source: str) -> Wish:
    """Read ``auto``, ``4`` or ``50%``.

    Raises ValueError naming the source, what was found and what was expected.
    """
    found = str(text).strip()
    if found == "auto":
        return Wish(source)
    if percentage := _PERCENTAGE.fullmatch(found):
        share = float(percentage[1]) / 100
        if 0 < share <= 1:
            return Wish(source, share=share)
    elif re.fullmatch(r"\d+", found) and int(found) <= MOST_WORKERS:
        return Wish(source, workers=int(found))
    raise ValueError(f"{source} is `{found}`, expected {_EXPECTED}")
