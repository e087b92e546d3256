"""A template on a server: built once by whoever comes first, kept for later runs, cloned meanwhile.

Every run that uses a template holds its lock shared, the one that builds or drops it holds it
alone. Finished is what nobody may connect to any more: an unfinished one was left by a killed run.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from moonpool.databases.making import drop_template, evict, make
from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.recipe import Recipe, template_name
from moonpool.databases.steps import STEP_SECONDS, fill_database
from moonpool.databases.template_mark import Template, not_ours, parse_template, render_template

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from moonpool.databases.connection import Connection
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["drop_unused", "list_templates", "provide_template"]

_TEMPLATES = """
    SELECT datname, shobj_description(oid, 'pg_database'), datistemplate AND NOT datallowconn
    FROM pg_database WHERE datname LIKE 'moonpool\\_template\\_%' ORDER BY datname
"""
_HELD = """
    SELECT EXISTS (SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = %s AND objid::bigint = %s)
"""


def provide_template(
    connection: Connection,
    url: DatabaseUrl,
    recipe: Recipe,
    mark: Mark,
    *,
    variables: Collection[str],
    environ: Mapping[str, str],
) -> tuple[str, bool]:
    """The name of a finished template and whether it was built now; in use while we are connected.

    Raises MoonpoolError when a step fails, or a database of its name is not ours.
    """
    name = template_name(recipe, f"{connection.info.server_version} {connection.info.user}")
    key = advisory_key("template", name)
    with _patient(connection):
        connection.execute("SELECT pg_advisory_lock_shared(%s)", (key,))
        if _is_finished(connection, name):
            return name, False
        connection.execute("SELECT pg_advisory_unlock_shared(%s)", (key,))
        connection.execute("SELECT pg_advisory_lock(%s)", (key,))
    built = False
    try:
        if not _is_finished(connection, name):
            _build(connection, url.renamed(name), recipe, mark, variables, environ)
            built = True
        connection.execute("SELECT pg_advisory_lock_shared(%s)", (key,))
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (key,))
    return name, built


def list_templates(connection: Connection) -> tuple[Template, ...]:
    """All templates of ours on the server, whoever's run made them."""
    rows = connection.execute(_TEMPLATES).fetchall()
    found = (_template(connection, *row) for row in rows)
    return tuple(template for template in found if template)


def drop_unused(connection: Connection, template: Template) -> bool:
    """Drop a template that carries our mark, if nobody uses it now; whether it was dropped."""
    key = advisory_key("template", template.name)
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
    if row is None or not row[0]:
        return False
    try:
        if not any(found.name == template.name for found in list_templates(connection)):
            return False
        drop_template(connection, template.name)
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (key,))
    return True


def _build(
    connection: Connection,
    url: DatabaseUrl,
    recipe: Recipe,
    mark: Mark,
    variables: Collection[str],
    environ: Mapping[str, str],
) -> None:
    _make_room(connection, url.name)
    comment = render_template(Template(url.name, mark.project, mark.checkout, mark.started))
    make(connection, url.name, comment, mark.lock)
    try:
        fill_database(recipe, url, variables, environ)
    except BaseException:
        drop_template(connection, url.name)
        raise
    _finish(connection, url.name)


def _make_room(connection: Connection, name: str) -> None:
    """Remove what a killed run left half-built; anything else under the name is not ours."""
    rows = [row for row in connection.execute(_TEMPLATES).fetchall() if row[0] == name]
    if not rows:
        return
    if _template(connection, *rows[0]) is None:
        raise not_ours(name)
    drop_template(connection, name)


def _finish(connection: Connection, name: str) -> None:
    """Let nobody in any more, which also says that the template is whole."""
    from psycopg.sql import SQL, Identifier

    closing = SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true")
    connection.execute(closing.format(Identifier(name)))
    evict(connection, name)


def _is_finished(connection: Connection, name: str) -> bool:
    return any(found.name == name and found.finished for found in list_templates(connection))


def _template(
    connection: Connection, name: str, comment: str | None, finished: bool
) -> Template | None:
    key = advisory_key("template", name) % 2**64
    row = connection.execute(_HELD, (key >> 32, key & 0xFFFFFFFF)).fetchone()
    used = row is not None and bool(row[0])
    return parse_template(name, comment, finished=finished, used=used)


@contextmanager
def _patient(connection: Connection) -> Iterator[None]:
    """Wait for another run's building as long as that may take."""
    limits = ("lock_timeout", "statement_timeout")
    before = {name: connection.execute(f"SHOW {name}").fetchone() for name in limits}
    for name in limits:
        connection.execute("SELECT set_config(%s, %s, false)", (name, f"{STEP_SECONDS + 60}s"))
    try:
        yield
    finally:
        for name, row in before.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, row and row[0]))
