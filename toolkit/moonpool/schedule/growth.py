"""How many workers the work that is left still pays for."""

from __future__ import annotations

__all__ = ["worthwhile_workers"]


def worthwhile_workers(
    workers: int, most: int, *, left_seconds: float, left_units: int, start_seconds: float
) -> int:
    """Return the number from ``workers`` to ``most`` up to which each further one pays.

    One pays when what it saves, ``left_seconds`` / n less ``left_seconds`` / (n + 1), is more than
    its start takes. ``left_seconds`` and ``left_units`` are of the units that no worker has yet;
    the next of them is taken by those who are there.
    """
    best = max(1, workers)
    while best < most and best - workers + 1 < left_units:
        saved = left_seconds / best - left_seconds / (best + 1)
        if saved <= start_seconds:
            break
        best += 1
    return best
