"""Reports that c8 and Istanbul (nyc) wrote of `data/lib.js`, and what both count of it."""

from __future__ import annotations

from pathlib import Path

from moonpool.coverage.numbers import Numbers

__all__ = ["BY_C8", "BY_ISTANBUL", "SOURCE", "sample"]

_FOLDER = Path(__file__).parent / "data"
SOURCE = (_FOLDER / "lib.js").read_text()

# c8 and Istanbul print 18 of 25 and 5 of 9 lines, 3 of 7 and 5 of 10 branches.
BY_C8 = Numbers(statements=25, missing=7, branches=7, partial=4, missing_branches=4)
BY_ISTANBUL = Numbers(statements=9, missing=4, branches=10, partial=4, missing_branches=5)


def sample(name: str) -> str:
    """Return a report; its sources lie in `/home/ada/shop/frontend`."""
    return (_FOLDER / name).read_text()
