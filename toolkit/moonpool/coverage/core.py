"""Which of coverage.py's cores measures, and why: the quickest one that measures the same.

`sys.monitoring` finds the lines that the C tracer finds, at a fraction of what tracing costs;
benchmarks/coverage_exactness.py compares. Whoever sets `[run] core` or COVERAGE_CORE wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Core", "Needs", "choose_core"]

# sys.monitoring came with the first; since the second it tells branches apart, and coverage.py
# chooses it by itself.
_HAS_MONITORING = (3, 12)
_IS_DEFAULT = (3, 14)

# Kinds of concurrency that coverage.py follows by the C tracer alone.
_GREEN = ("eventlet", "gevent", "greenlet")


class Needs(NamedTuple):
    """What a project's configuration asks of the core; ``asked`` is a core that it names."""

    branch: bool
    plugins: bool
    contexts: bool
    concurrency: Sequence[str]
    timid: bool
    asked: str | None


class Core(NamedTuple):
    """The core to ask for, None for coverage.py's own choice, and the reason in a sentence."""

    name: str | None
    reason: str


def choose_core(needs: Needs, version: tuple[int, int]) -> Core:
    """Return the core for a Python version."""
    if needs.asked:
        return Core(None, f"coverage by `{needs.asked}`, as the project asks")
    if version >= _IS_DEFAULT:
        return Core(None, "coverage by the core that coverage.py chooses")
    if why := _hindrance(needs, version):
        return Core(None, f"coverage by the C tracer: {why}")
    return Core(
        "sysmon", "coverage by sys.monitoring, which has the C tracer's lines for less time"
    )


def _hindrance(needs: Needs, version: tuple[int, int]) -> str | None:
    if version < _HAS_MONITORING:
        return "sys.monitoring needs Python 3.12"
    green = sorted(set(_GREEN).intersection(needs.concurrency))
    hindrances = {
        "sys.monitoring knows branches from Python 3.14 on": needs.branch,
        "sys.monitoring knows no plugins": needs.plugins,
        "sys.monitoring knows no contexts": needs.contexts,
        f"sys.monitoring does not follow {', '.join(green)}": bool(green),
        "`timid` asks for a tracer": needs.timid,
    }
    return next((why for why, holds in hindrances.items() if holds), None)
