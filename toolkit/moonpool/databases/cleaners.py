"""Which cleaner serves which database of a worker."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from moonpool.databases.cleaner import Cleaner, PostgresCleaner
from moonpool.databases.mysql.cleaner import MysqlCleaner
from moonpool.databases.sqlite import SqliteCleaner, owns_file
from moonpool.databases.state import parse_state
from moonpool.databases.urls import MYSQL, POSTGRESQL, SQLITE, parse_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.databases.settings import DatabaseSettings
    from moonpool.databases.state import Family, RunState
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["worker_cleaners"]


def worker_cleaners(
    settings: DatabaseSettings, *, environ: Mapping[str, str] = os.environ
) -> tuple[Cleaner, ...]:
    """A cleaner for each database that `worker_environment` gave to this process, each once.

    A serial run's own database is nobody's to clean, unless the settings made it ours.
    """
    state = parse_state(environ)
    urls = {
        environ[variable]: family
        for variable, family in state.families.items()
        if variable in settings.urls and environ.get(variable)
    }
    found = (
        _cleaner(parse_url(text, origin="the worker's URL"), family, state)
        for text, family in urls.items()
    )
    return tuple(cleaner for cleaner in found if cleaner is not None)


def _cleaner(url: DatabaseUrl, family: Family, state: RunState) -> Cleaner | None:
    if url.dialect == POSTGRESQL:
        return PostgresCleaner(url, state.mark, family.template)
    if url.dialect == MYSQL:
        return MysqlCleaner(url, family.template)
    if url.dialect == SQLITE and owns_file(url, family):
        return SqliteCleaner(url)
    return None
