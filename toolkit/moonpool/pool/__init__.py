"""One pool of workers and memory for all pytest runs of a user on this machine.

See docs/pool.md for what it promises and docs/design/0002-pool.md for why it is built so.
Re-exported is what every run needs; what only some do (``gate``, ``strain``, ``tokens``) is
imported from its module.
"""

from moonpool.pool.allowance import Allowance, Holder
from moonpool.pool.entries import Controller
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

__all__ = [
    "FOLDER_VARIABLE",
    "Allowance",
    "Capacity",
    "Claim",
    "Controller",
    "Holder",
    "Membership",
    "Pool",
    "Snapshot",
    "Standing",
    "fair_targets",
    "machine_capacity",
    "open_pool",
    "pool_key",
]
