"""`moonpool databases`: shows and removes what test runs made on a server."""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from moonpool.cli.database_files import clean_lines, find_files
from moonpool.cli.output import print_json, print_lines
from moonpool.databases import (
    FoundServer,
    MarkedDatabase,
    Template,
    clean_clusters,
    clean_server,
    dead_clusters,
    find_server,
    join_server,
    server_databases,
    split_urls,
)
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["command"]

_JSON_VERSION = 1
_USUAL_VARIABLES = ("DATABASE_URL", "TEST_DATABASE_URL")


def _server_options(function: Callable[..., None]) -> Callable[..., None]:
    function = click.option(
        "--variable",
        "variables",
        multiple=True,
        default=_USUAL_VARIABLES,
        show_default=True,
        help="Environment variable that holds a URL, used without --url; may be repeated.",
    )(function)
    return click.option("--url", help="URL of a database on the server to look at.")(function)


@click.group("databases")
def command() -> None:
    """Show and remove this workspace's test databases."""


@command.command("list")
@_server_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(url: str | None, variables: tuple[str, ...], as_json: bool) -> None:
    """Show the databases that test runs made, and servers that killed runs left."""
    servers, places = split_urls(_urls(url, variables))
    found = [server_databases(text, origin=origin) for origin, text in servers]
    files = find_files(places, os.environ)
    folders = [str(path) for path in dead_clusters()]
    if as_json:
        print_json(_JSON_VERSION, {**_as_json(found, folders), **files.facts})
    else:
        left = [f"{path}  left over" for path in folders]
        print_lines("\n".join([*_as_lines(found, files.lines), *left]))


@command.command("clean")
@_server_options
def clean(url: str | None, variables: tuple[str, ...]) -> None:
    """Remove what dead runs left; databases of live runs and of others stay."""
    servers, places = split_urls(_urls(url, variables))
    lines = clean_lines(places, os.environ)
    for origin, text in servers:
        done = clean_server(text, origin=origin)
        lines += [f"dropped database {name}" for name in done.dropped]
        lines += [f"kept database {name}: its run is alive" for name in done.kept]
    lines += [f"removed {path}" for path in clean_clusters()]
    print_lines("\n".join(lines) or "nothing is left over")


@command.command("server")
@click.option("--start", is_flag=True, help="Start it if need be, and let it run until --stop.")
@click.option("--stop", is_flag=True, help="Let it end, at once or with the last run that uses it.")
@click.option("--url", "show_url", is_flag=True, help="Print the URL of its database `postgres`.")
def server(start: bool, stop: bool, show_url: bool) -> None:
    """Run the PostgreSQL server of this user's test runs for local development."""
    if start + stop + show_url != 1:
        raise click.UsageError("expected one of `--start`, `--stop` and `--url`")
    found = join_server() if start else find_server()
    if found is None:
        raise MoonpoolError(
            "no PostgreSQL server of test runs is running",
            hint="run `moonpool databases server --start`",
            slug="database-server",
            exit_code=ExitCode.DATABASE,
        )
    with contextlib.closing(found) as used:
        if not show_url:
            used.keep(start)
        print_lines(f"{used.folder} ends with its last user" if stop else used.address)


def _urls(
    url: str | None, variables: tuple[str, ...], *, environ: Mapping[str, str] = os.environ
) -> list[tuple[str, str]]:
    """What to call each URL, and its text; every URL once."""
    if url is not None:
        return [("`--url`", url)]
    set_ones = {environ[name]: f"`{name}`" for name in reversed(variables) if environ.get(name)}
    return [(origin, text) for text, origin in reversed(set_ones.items())]


def _as_lines(found: list[FoundServer], files: list[str]) -> list[str]:
    lines = [
        f"{database.name}  {_state(database)}  on {server.url}"
        for server in found
        for database in server.databases
    ]
    lines += [
        f"{template.name}  {_template_state(template)}  on {server.url}"
        for server in found
        for template in server.templates
    ]
    return [*(lines + files or ["no test databases"]), *(_costs(server) for server in found)]


def _costs(server: FoundServer) -> str:
    return f"{server.url}: {server.durability.sentence}"


def _template_state(template: Template) -> str:
    state = "template in use" if template.used else "template"
    whole = "" if template.finished else ", unfinished"
    made = f"made by {template.project} in {template.checkout} at {template.started}"
    return f"{state}{whole}, {made}"


def _state(database: MarkedDatabase) -> str:
    state = "in use" if database.lives else "left over"
    mark = database.mark
    return f"{state} by {mark.project} in {mark.checkout} since {mark.started}" if mark else state


def _as_json(found: list[FoundServer], folders: list[str]) -> dict[str, Any]:
    return {
        "databases": [
            {
                "server": server.url,
                "name": database.name,
                "alive": database.lives,
                **_facts(database),
            }
            for server in found
            for database in server.databases
        ],
        "templates": [
            {"server": server.url, **asdict(template)}
            for server in found
            for template in server.templates
        ],
        "servers": [{"server": server.url, **asdict(server.durability)} for server in found],
        "leftover_servers": folders,
    }


def _facts(database: MarkedDatabase) -> dict[str, str | None]:
    mark = database.mark
    names = ("project", "checkout", "run", "boot", "started")
    return {name: getattr(mark, name) if mark else None for name in names}
