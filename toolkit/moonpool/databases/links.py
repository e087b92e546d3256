"""The kinds of servers that databases are made on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.databases.mysql.link import MysqlLink
from moonpool.databases.postgres import PostgresLink
from moonpool.databases.urls import MYSQL, POSTGRESQL

if TYPE_CHECKING:
    from collections.abc import Hashable

    from moonpool.databases.link import Link
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["has_server", "open_link", "server_address"]

_KINDS: dict[str, type[Link]] = {POSTGRESQL: PostgresLink, MYSQL: MysqlLink}


def has_server(url: DatabaseUrl) -> bool:
    """Whether a URL leads to a server on which we make databases."""
    return url.dialect in _KINDS


def server_address(url: DatabaseUrl) -> Hashable:
    """What two URLs of one server have in common; URLs that differ in it may still share one."""
    return url.dialect, _KINDS[url.dialect].address(url)


def open_link(url: DatabaseUrl) -> Link:
    """Connect to the server of a URL; the caller closes it.

    Raises MoonpoolError when the driver is missing or the server refuses.
    """
    return _KINDS[url.dialect].open(url)
