"""Decides what becomes of each URL variable, before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.guard import check_disposable
from moonpool.databases.links import has_server
from moonpool.databases.urls import POSTGRESQL, SQLITE, DatabaseUrl, parse_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.databases.settings import DatabaseSettings

__all__ = ["DatabasePlan", "plan_databases"]


@dataclass(frozen=True)
class DatabasePlan:
    """The URLs of the user's servers, and those for which a server is to be started."""

    given: dict[str, DatabaseUrl]
    """URLs of servers that are there already, from the environment or by default."""
    ephemeral: dict[str, DatabaseUrl]
    """The default URL for each variable that is not set and needs a server of our own."""
    others: dict[str, DatabaseUrl]
    """URLs without a server, or with one that we know nothing of, given or by default."""
    notes: tuple[str, ...]


def plan_databases(settings: DatabaseSettings, environ: Mapping[str, str]) -> DatabasePlan:
    """Sort the variables of the settings.

    Raises MoonpoolError for a URL that cannot be read, or that looks like production.
    """
    default = _default(settings)
    urls = {
        name: parse_url(environ[name], origin=f"`{name}`")
        for name in settings.urls
        if environ.get(name)
    }
    missing = dict.fromkeys(name for name in settings.urls if name not in urls)
    defaults = {name: default for name in missing if default}
    # Only a PostgreSQL server is ever started by us.
    ephemeral = {name: url for name, url in defaults.items() if url.dialect == POSTGRESQL}
    found = {name: url for name, url in {**urls, **defaults}.items() if name not in ephemeral}
    given = {name: url for name, url in found.items() if has_server(url)}
    for name, url in given.items():
        check_disposable(url, f"`{name}`", confirmed=settings.confirmed)
    others = {name: url for name, url in found.items() if name not in given}
    return DatabasePlan(
        given=given,
        ephemeral=ephemeral,
        others=others,
        notes=tuple(_note(name, url) for name, url in others.items() if url.dialect != SQLITE),
    )


def _default(settings: DatabaseSettings) -> DatabaseUrl | None:
    if not settings.default:
        return None
    return parse_url(settings.default, origin="`default` in `[tool.moonpool.databases]`")


def _note(name: str, url: DatabaseUrl) -> str:
    return (
        f"`{name}` is a `{url.dialect}` URL and stays as it is: databases for each worker are made"
        " on PostgreSQL, MySQL, MariaDB and SQLite"
    )
