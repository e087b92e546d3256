"""How many workers a project gets, and why: pure decisions from facts and a wish."""

from moonpool.budget.decide import Budget, decide
from moonpool.budget.limits import Capacity, Limit, Suite
from moonpool.budget.pays import payback_limit, run_seconds, start_seconds
from moonpool.budget.threads import THREAD_VARIABLES, thread_environment
from moonpool.budget.wish import MOST_WORKERS, Wish, parse_wish

__all__ = [
    "MOST_WORKERS",
    "THREAD_VARIABLES",
    "Budget",
    "Capacity",
    "Limit",
    "Suite",
    "Wish",
    "decide",
    "parse_wish",
    "payback_limit",
    "run_seconds",
    "start_seconds",
    "thread_environment",
]
