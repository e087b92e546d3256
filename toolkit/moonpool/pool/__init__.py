"""One pool of workers and memory for all pytest runs of a user on this machine.

See docs/pool.md for what it promises and docs/design/0002-pool.md for why it is built so.
"""

from moonpool.pool.allowance import Allowance, Holder
from moonpool.pool.entries import Controller
from moonpool.pool.gate import growth_hindrance, memory_shortage
from moonpool.pool.membership import Membership
from moonpool.pool.opening import (
    Pool,
    Snapshot,
    Standing,
    machine_capacity,
    open_pool,
)
from moonpool.pool.place import FOLDER_VARIABLE, pool_key
from moonpool.pool.shares import Capacity, Claim, fair_targets
from moonpool.pool.strain import RecentPressure
from moonpool.pool.tokens import Tokens, open_tokens

__all__ = [
    "FOLDER_VARIABLE",
    "Allowance",
    "Capacity",
    "Claim",
    "Controller",
    "Holder",
    "Membership",
    "Pool",
    "RecentPressure",
    "Snapshot",
    "Standing",
    "Tokens",
    "fair_targets",
    "growth_hindrance",
    "machine_capacity",
    "memory_shortage",
    "open_pool",
    "open_tokens",
    "pool_key",
]
