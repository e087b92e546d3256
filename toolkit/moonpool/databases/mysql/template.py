"""A template on a MySQL or MariaDB server: filled once, kept for later runs, copied meanwhile.

Named locks have one holder, so every run that uses a template holds one of its many places, and
whoever builds or drops it holds the lock on its name. Finished is what its mark says to be.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.mysql import locks, marking
from moonpool.databases.mysql.removal import remove_database
from moonpool.databases.mysql.scripts import load_files
from moonpool.databases.names import database_name
from moonpool.databases.recipe import Recipe, template_name
from moonpool.databases.steps import STEP_SECONDS, fill_database
from moonpool.databases.template_mark import Template, not_ours, parse_template, render_template
from moonpool.databases.urls import MYSQL
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from moonpool.databases.mysql.connection import Session
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["drop_unused", "list_templates", "provide_template"]

# Runs that use one template at once: more than any server has connections for.
_PLACES = 256


def provide_template(
    session: Session,
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
    # A user whose rights are bound to names that begin as the user's own may make it so.
    word = template_name(recipe, f"{session.version} {session.user}")
    name = database_name(url.name, word, dialect=MYSQL)
    with _locked(session, name):
        found = _found(session, name)
        built = found is None or not found.finished
        if built:
            _build(session, url, name, recipe, mark, variables, environ)
        _use(session, name)
    return name, built


def list_templates(session: Session) -> tuple[Template, ...]:
    """All templates of ours on the server, whoever's run made them."""
    found = (_template(session, *each) for each in marking.comments(session))
    return tuple(template for template in found if template)


def drop_unused(session: Session, template: Template) -> bool:
    """Drop a template that carries our mark, if nobody uses it now; whether it was dropped."""
    key = advisory_key("template", template.name)
    if not locks.take(session, key):
        return False
    try:
        if _found(session, template.name) is None or _has_users(session, template.name):
            return False
        remove_database(session, template.name)
    finally:
        locks.release(session, key)
    return True


def _build(
    session: Session,
    url: DatabaseUrl,
    name: str,
    recipe: Recipe,
    mark: Mark,
    variables: Collection[str],
    environ: Mapping[str, str],
) -> None:
    _make_room(session, name)
    comment = render_template(Template(name, mark.project, mark.checkout, mark.started))
    marking.make_marked(session, name, marking.unfinished(comment), url.name)
    try:
        fill_database(recipe, url.renamed(name), variables, environ, load_files)
    except BaseException:
        remove_database(session, name)
        raise
    marking.set_comment(session, name, comment)


def _make_room(session: Session, name: str) -> None:
    """Remove what a killed run left half-built; anything else under the name is not ours."""
    if not marking.exists(session, name):
        return
    if _found(session, name) is None:
        raise not_ours(name)
    remove_database(session, name)


def _found(session: Session, name: str) -> Template | None:
    comment = marking.comment_of(session, name)
    return None if comment is None else _template(session, name, comment)


def _template(session: Session, name: str, comment: str) -> Template | None:
    found = parse_template(name, comment, finished=marking.is_finished(comment))
    if found is None:
        return None
    building = locks.is_held(session, [advisory_key("template", name)])
    return replace(found, used=building or _has_users(session, name))


def _use(session: Session, name: str) -> None:
    """Take a place for the life of the connection; where all are taken, their holders keep it."""
    any(locks.take(session, key) for key in _places(name))


def _has_users(session: Session, name: str) -> bool:
    return locks.is_held(session, _places(name))


def _places(name: str) -> list[int]:
    return [advisory_key("template-place", f"{name}\0{place}") for place in range(_PLACES)]


@contextmanager
def _locked(session: Session, name: str) -> Iterator[None]:
    """Hold a template's name, waiting for another run's building as long as that may take."""
    key = advisory_key("template", name)
    if not locks.take(session, key, STEP_SECONDS + 60):
        raise MoonpoolError(
            f"another run did not finish the template `{name}` in time",
            hint="run it again, or end that run",
            slug="database-busy",
            exit_code=ExitCode.DATABASE,
        )
    try:
        yield
    finally:
        locks.release(session, key)
