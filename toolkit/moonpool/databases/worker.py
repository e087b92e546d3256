"""A worker's own database, made on demand, and the environment that leads there."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from moonpool.databases.lifecycle import create, is_foreign
from moonpool.databases.links import has_server, open_link
from moonpool.databases.names import database_name
from moonpool.databases.sqlite import own_file_url
from moonpool.databases.state import Family, parse_state
from moonpool.databases.urls import SQLITE, DatabaseUrl, parse_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.databases.marks import Mark
    from moonpool.databases.settings import DatabaseSettings

__all__ = ["run_environment", "worker_environment"]

# Stands for the worker in a serial run that may not write into the user's own database.
_SERIAL = "main"


def run_environment(
    settings: DatabaseSettings, *, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The variables with the run's namespace in their names and nothing of a worker's.

    For a framework that makes and names its workers' databases itself, as pytest-django does: a
    second suffix would only make the names longer. No database is made.
    """
    state = parse_state(environ)
    urls = {
        variable: parse_url(environ[variable], origin=f"`{variable}`")
        for variable, family in state.families.items()
        if variable in settings.urls and environ.get(variable) and family.namespace
    }
    return {
        variable: url.renamed(
            database_name(url.name, None, state.families[variable].namespace, url.dialect)
        ).text
        for variable, url in urls.items()
        if has_server(url) and url.name == state.families[variable].base
    }


def worker_environment(
    settings: DatabaseSettings,
    *,
    worker: str | None,
    environ: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """Make this worker's databases if they are absent; the variables that lead to them.

    ``worker`` is xdist's id, such as ``gw0``, or None for a run in one process; ``environ`` holds
    what the controller exported. Safe to repeat. Raises MoonpoolError when the controller exported
    nothing, the server refuses, or a database of the derived name is not ours.
    """
    if not settings.urls:
        return {}
    state = parse_state(environ)
    return {
        variable: _own_url(
            parse_url(environ[variable], origin=f"`{variable}`"),
            family,
            state.mark,
            worker,
            fills=settings.fills,
        )
        for variable, family in state.families.items()
        if variable in settings.urls and environ.get(variable)
    }


def _own_url(
    url: DatabaseUrl, family: Family, mark: Mark, worker: str | None, *, fills: bool
) -> str:
    if url.dialect == SQLITE:
        return own_file_url(url, family, mark.run, worker, fills=fills)
    name = database_name(family.base, worker, family.namespace, url.dialect)
    # Alone and in one process the user's own database is used as it stands.
    users_own = worker is None and family.namespace is None and not fills
    with closing(open_link(url)) as link, link.explained(f"create database `{name}` on"):
        if worker is None and fills and is_foreign(link, name):
            name = database_name(family.base, _SERIAL, family.namespace, url.dialect)
        create(link, name, mark, users_own=users_own, template=family.template)
    return url.renamed(name).text
