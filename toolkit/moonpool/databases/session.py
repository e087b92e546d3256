"""A run's databases in the controller: claimed before any conftest is imported, dropped at the end.

The owners' connections stay open meanwhile; their locks are the proof that this run lives, and the
server closes them however it ends.
"""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from moonpool.databases.marks import Mark, advisory_key
from moonpool.databases.ownership import Ownership
from moonpool.databases.plan import DatabasePlan, plan_databases
from moonpool.databases.roles import ensure_role
from moonpool.databases.shared import join_server
from moonpool.databases.sqlite import FileOwnership
from moonpool.databases.state import STATE_VARIABLE, RunState, render_state
from moonpool.databases.urls import SQLITE, DatabaseUrl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from moonpool.databases.settings import DatabaseSettings

__all__ = ["Databases", "open_databases"]

_AS_SUPERUSER = DatabaseUrl("postgresql://", "postgres", "")
_BOOT_ID = "proc/sys/kernel/random/boot_id"


@dataclass(frozen=True)
class Databases:
    """The open databases of one run."""

    environment: dict[str, str] = field(repr=False)
    """What the workers have to find in their environment: the URLs, and the run's state."""
    notes: tuple[str, ...]
    """What to tell the user."""
    _release: Callable[[], None] = field(repr=False)
    _problems: list[str] = field(repr=False)

    def close(self) -> tuple[str, ...]:
        """Drop what this run made and stop its server; what could not be done, for the user.

        Safe to repeat.
        """
        self._release()
        return tuple(self._problems)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_databases(
    settings: DatabaseSettings,
    *,
    project: str,
    checkout: Path,
    run_id: str,
    namespace: str | None = None,
    environ: Mapping[str, str] = os.environ,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    bases: Sequence[Path] | None = None,
    kept: Path | None = None,
) -> Databases:
    """Claim the databases of one run, starting a server when the environment names none.

    ``bases`` are the folders that may hold that server; ``kept`` is the project's folder of SQLite
    templates, which are built for this run alone without it. Raises MoonpoolError for whatever a
    person can mend; nothing stays open then.
    """
    plan = plan_databases(settings, environ)
    mark = _new_mark(project, checkout, run_id, now())
    problems: list[str] = []
    with ExitStack() as stack:
        started, server_notes = _start(plan, environ, bases, stack)
        variables = (*plan.given, *started)
        own = Ownership(
            mark, namespace or None, settings.recipe, variables, environ, stack, problems
        )
        claimed = {name: own.claim(url) for name, url in (plan.given | started).items()}
        started = {name: own.make_plain(url, claimed[name]) for name, url in started.items()}
        files = {
            name: url
            for name, url in plan.others.items()
            if url.dialect == SQLITE and not settings.framework
        }
        # Where there is a server, its databases are what the recipe is about.
        recipe = None if variables else settings.recipe
        own_files = FileOwnership(
            mark, namespace or None, recipe, kept, tuple(files), environ, stack, problems
        )
        families = claimed | own_files.claim_all(files)
        notes = (*plan.notes, *server_notes, *own.notes, *own_files.notes)
        release = stack.pop_all().close
    urls = {**plan.given, **started, **plan.others}
    environment = {name: url.text for name, url in urls.items()}
    environment[STATE_VARIABLE] = render_state(RunState(mark, families))
    return Databases(environment, notes, release, problems)


def _start(
    plan: DatabasePlan,
    environ: Mapping[str, str],
    bases: Sequence[Path] | None,
    stack: ExitStack,
) -> tuple[dict[str, DatabaseUrl], tuple[str, ...]]:
    """One server for all variables that lack a URL, and their URLs on it."""
    if not plan.ephemeral:
        return {}, ()
    server = join_server(environ=environ, bases=bases)
    stack.callback(server.close)
    urls = {name: server.url(url) for name, url in plan.ephemeral.items()}
    for url in urls.values():
        ensure_role(server.url(_AS_SUPERUSER), url.user)
    return urls, server.notes


def _new_mark(
    project: str, checkout: Path, run_id: str, now: datetime, *, root: Path = Path("/")
) -> Mark:
    # Several controllers may share a run's id; each needs a lock of its own.
    run = f"{run_id}-{secrets.token_hex(4)}"
    try:
        boot = (root / _BOOT_ID).read_text().strip()
    except OSError:
        boot = ""
    started = now.isoformat(timespec="seconds")
    return Mark(project, str(checkout), run, boot, started, advisory_key("run", run))
