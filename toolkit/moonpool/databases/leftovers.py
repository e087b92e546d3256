"""What runs made and still stands: on a server, and as folders of ephemeral servers."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.account import server_account
from moonpool.databases.cluster import list_leftovers, remove_leftovers
from moonpool.databases.lifecycle import MarkedDatabase, drop, list_databases
from moonpool.databases.links import has_server, open_link
from moonpool.databases.urls import parse_url
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from moonpool.databases.link import Link
    from moonpool.databases.settings_cost import Durability
    from moonpool.databases.template_mark import Template

__all__ = [
    "CleanedServer",
    "FoundServer",
    "clean_clusters",
    "clean_server",
    "dead_clusters",
    "server_databases",
]


@dataclass(frozen=True)
class CleanedServer:
    """What `clean` did on one server, by database name."""

    dropped: tuple[str, ...]
    kept: tuple[str, ...]
    """In use by runs that are alive."""


@dataclass(frozen=True)
class FoundServer:
    """What stands on one server; ``url`` is masked."""

    url: str
    databases: tuple[MarkedDatabase, ...]
    templates: tuple[Template, ...]
    durability: Durability


def server_databases(text: str, *, origin: str) -> FoundServer:
    """The databases and templates of ours on the server of a URL."""
    with closing(_link(text, origin)) as link, link.explained("list the databases on"):
        found = list_databases(link), link.list_templates()
        return FoundServer(link.url.masked, *found, link.durability())


def clean_server(text: str, *, origin: str) -> CleanedServer:
    """Drop the databases of ours whose owner is provably gone, and templates that nobody uses."""
    with closing(_link(text, origin)) as link, link.explained("drop leftover databases on"):
        found = list_databases(link)
        dead = [each for each in found if not each.lives]
        dropped = [each.name for each in dead if drop(link, each)]
        templates = link.list_templates()
        dropped += [each.name for each in templates if link.drop_unused(each)]
    kept = [each.name for each in found if each.lives]
    kept += [each.name for each in templates if each.name not in dropped]
    return CleanedServer(tuple(dropped), tuple(kept))


def dead_clusters(*, bases: Sequence[Path] | None = None) -> list[Path]:
    """Folders of ephemeral servers whose starter is gone."""
    return list_leftovers(uids=_uids(), bases=bases)


def clean_clusters(*, bases: Sequence[Path] | None = None) -> list[Path]:
    """End and remove the ephemeral servers whose starter is gone."""
    return remove_leftovers(uids=_uids(), bases=bases)


def _uids() -> set[int]:
    if not hasattr(os, "geteuid"):
        return set()
    return {os.geteuid(), server_account().uid}


def _link(text: str, origin: str) -> Link:
    url = parse_url(text, origin=origin)
    if not has_server(url):
        raise MoonpoolError(
            f"{origin} is a `{url.dialect}` URL, expected one of a PostgreSQL or MySQL server",
            hint="name the server: `--url postgresql://…/app_test`",
            slug="database-url",
            exit_code=ExitCode.DATABASE,
        )
    return open_link(url)
