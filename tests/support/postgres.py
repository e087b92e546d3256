"""Whether this machine has PostgreSQL's server programs, found as the toolkit finds them."""

from __future__ import annotations

import os

import pytest

from moonpool.databases.binaries import find_binaries
from moonpool.errors import MoonpoolError

__all__ = ["OWN_PORT", "needs_postgres"]

# For runs that expect plain names: a server that no other process of a test suite uses, since runs
# share one by the port in its socket's name.
OWN_PORT = str(20000 + os.getpid() % 40000)


def _has_postgres() -> bool:
    try:
        find_binaries()
    except MoonpoolError:
        return False
    return True


needs_postgres = pytest.mark.skipif(
    not _has_postgres(), reason="no PostgreSQL programs are installed"
)
