"""A SQLAlchemy URL for our own synchronous driver, whichever driver the user's URL names."""

from __future__ import annotations

import importlib.util
from typing import Any

from moonpool.databases.conninfo import connection_parameters
from moonpool.databases.mysql.options import connection_options
from moonpool.databases.urls import MYSQL, POSTGRESQL, SQLITE, parse_url

__all__ = ["synchronous_url"]


def synchronous_url(text: str) -> Any:
    """The ``sqlalchemy.URL`` of the same database for psycopg, PyMySQL or the standard library."""
    from sqlalchemy.engine import URL, make_url

    url = parse_url(text, origin="the database URL")
    if url.dialect == POSTGRESQL:
        driver = "psycopg" if importlib.util.find_spec("psycopg") else "psycopg2"
        # libpq takes everything from the query, a socket's folder and a user's password alike, and
        # another driver's own options are left out.
        return URL.create(f"postgresql+{driver}", query=connection_parameters(url, url.name))
    if url.dialect == MYSQL:
        # Its own test of who the server is tells MariaDB from MySQL, whichever the URL says.
        options = connection_options(url)
        place = {
            "username": options.pop("user", None),
            "password": options.pop("password") or None,
            "host": options.pop("host"),
            "port": options.pop("port"),
        }
        query = {
            key: str(value).lower() if value is True else str(value)
            for key, value in options.items()
        }
        return URL.create("mysql+pymysql", **place, database=url.name, query=query)
    found = make_url(text)
    return found.set(drivername="sqlite") if url.dialect == SQLITE else found
