"""Whether this machine has PostgreSQL's server programs, found as the toolkit finds them."""

from __future__ import annotations

import pytest

from moonpool.databases.binaries import find_binaries
from moonpool.errors import MoonpoolError

__all__ = ["needs_postgres"]


def _has_postgres() -> bool:
    try:
        find_binaries()
    except MoonpoolError:
        return False
    return True


needs_postgres = pytest.mark.skipif(
    not _has_postgres(), reason="no PostgreSQL programs are installed"
)
