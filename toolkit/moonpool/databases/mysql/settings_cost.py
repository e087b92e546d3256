"""The settings that make a MySQL or MariaDB server slow for tests, which need no durability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.databases.settings_cost import Durability

if TYPE_CHECKING:
    from moonpool.databases.mysql.connection import Session

__all__ = ["read_durability"]

_SETTINGS = ("innodb_doublewrite", "innodb_flush_log_at_trx_commit", "sync_binlog")


def read_durability(session: Session) -> Durability:
    """The settings alone: a commit waits for the disk only when it has changed a table."""
    names = ", ".join(f"'{name}'" for name in _SETTINGS)
    rows = session.execute(f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({names})")
    return Durability({str(name): str(value) for name, value in rows}, None, None)
