"""A SQLAlchemy URL for our own synchronous driver, whichever driver the user's URL names."""

from __future__ import annotations

import importlib.util
from typing import Any

from moonpool.databases.conninfo import connection_parameters
from moonpool.databases.urls import POSTGRESQL, parse_url

__all__ = ["synchronous_url"]

# What SQLAlchemy calls the driver of each dialect that is no PostgreSQL.
_SYNCHRONOUS = {"mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql", "sqlite": "sqlite"}


def synchronous_url(text: str) -> Any:
    """The ``sqlalchemy.URL`` of the same database for psycopg, PyMySQL or the standard library."""
    from sqlalchemy.engine import URL, make_url

    url = parse_url(text, origin="the database URL")
    if url.dialect == POSTGRESQL:
        driver = "psycopg" if importlib.util.find_spec("psycopg") else "psycopg2"
        # libpq takes everything from the query, a socket's folder and a user's password alike, and
        # another driver's own options are left out.
        return URL.create(f"postgresql+{driver}", query=connection_parameters(url, url.name))
    found = make_url(text)
    return found.set(drivername=_SYNCHRONOUS.get(url.dialect, found.drivername))
