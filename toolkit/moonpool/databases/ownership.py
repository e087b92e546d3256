"""What one run owns: a family of names on whichever servers its URLs lead to, and a template."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from moonpool.databases.claims import claim_family, claim_note
from moonpool.databases.conninfo import connection_parameters
from moonpool.databases.failures import explained
from moonpool.databases.names import database_name
from moonpool.databases.owner import Owner, own_server
from moonpool.databases.postgres import create
from moonpool.databases.template import drop_superseded, provide_template

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    from moonpool.databases.marks import Mark
    from moonpool.databases.recipe import Recipe
    from moonpool.databases.state import Family
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["Ownership"]


@dataclass(frozen=True)
class Ownership:
    """Claims names and provides templates, over one connection for each server."""

    mark: Mark
    namespace: str | None
    recipe: Recipe | None
    variables: tuple[str, ...]
    """All variables that name a PostgreSQL database; a recipe's steps find the template in each."""
    environ: Mapping[str, str] = field(repr=False)
    stack: ExitStack
    problems: list[str]
    _owners: dict[tuple[tuple[str, str], ...], Owner] = field(default_factory=dict)
    _notes: dict[str, None] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    def claim(self, url: DatabaseUrl) -> Family:
        """Claim names on the server of a URL; whatever is made under them is dropped at the end.

        Raises MoonpoolError when the server refuses, or the template cannot be built.
        """
        owner = self._owner(url)
        with explained(url, "claim database names on"):
            family = claim_family(
                owner.connection, url.name, self.namespace, self.mark, own_pids=self._pids()
            )
        self._note(claim_note(family, self.namespace))
        if self.recipe is not None:
            family = replace(family, template=self._template(owner, url, self.recipe))
        return family

    def make_plain(self, url: DatabaseUrl, family: Family) -> DatabaseUrl:
        """Make the database without a worker's name on a server of our own; the URL to it.

        Code that the controller imports may connect to it, as it could on a server of the user.
        """
        plain = url.renamed(database_name(family.base, None, family.namespace))
        with explained(url, f"create database `{plain.name}` on"):
            create(self._owner(url).connection, plain.name, self.mark, template=family.template)
        return plain

    def _template(self, owner: Owner, url: DatabaseUrl, recipe: Recipe) -> str:
        begun = time.monotonic()
        with explained(url, "provide the database template on"):
            name, built = provide_template(
                owner.connection,
                url,
                recipe,
                self.mark,
                variables=self.variables,
                environ=self.environ,
            )
            drop_superseded(owner.connection, name, self.mark)
        if built:
            self._note(f"built the database template `{name}` in {time.monotonic() - begun:.1f} s")
        return name

    def _owner(self, url: DatabaseUrl) -> Owner:
        key = tuple(sorted(connection_parameters(url, "").items()))
        if key not in self._owners:
            owner = self._owners[key] = own_server(url, self.mark, own_pids=self._pids())
            self.stack.callback(lambda: self.problems.extend(owner.release()))
            self._note(*owner.drop_leftovers())
        return self._owners[key]

    def _pids(self) -> list[int]:
        return [owner.connection.info.backend_pid for owner in self._owners.values()]

    def _note(self, *notes: str | None) -> None:
        self._notes.update(dict.fromkeys(filter(None, notes)))
