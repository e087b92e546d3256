"""What one run owns: a family of names on whichever servers its URLs lead to, and a template."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from moonpool.databases.claims import claim_family, claim_note
from moonpool.databases.lifecycle import create
from moonpool.databases.links import server_address
from moonpool.databases.names import database_name
from moonpool.databases.owner import Owner, own_server

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from contextlib import ExitStack

    from moonpool.databases.link import Link
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
    """All that name a database on a server; a recipe's steps find the template in each."""
    environ: Mapping[str, str] = field(repr=False)
    stack: ExitStack
    problems: list[str]
    _owners: dict[Hashable, Owner] = field(default_factory=dict)
    _notes: dict[str, None] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    def claim(self, url: DatabaseUrl) -> Family:
        """Claim names on the server of a URL; whatever is made under them is dropped at the end.

        Raises MoonpoolError when the server refuses, or the template cannot be built.
        """
        link = self._owner(url).link
        with link.explained("claim database names on"):
            family = claim_family(
                link, url.name, self.namespace, self.mark, own_sessions=self._sessions(url)
            )
        self._note(claim_note(family, self.namespace))
        if self.recipe is not None:
            family = replace(family, template=self._template(link, self.recipe))
        return family

    def make_plain(self, url: DatabaseUrl, family: Family) -> DatabaseUrl:
        """Make the database without a worker's name on a server of our own; the URL to it.

        Code that the controller imports may connect to it, as it could on a server of the user.
        """
        plain = url.renamed(database_name(family.base, None, family.namespace, url.dialect))
        link = self._owner(url).link
        with link.explained(f"create database `{plain.name}` on"):
            create(link, plain.name, self.mark, template=family.template)
        return plain

    def _template(self, link: Link, recipe: Recipe) -> str:
        begun = time.monotonic()
        with link.explained("provide the database template on"):
            name, built = link.provide_template(
                recipe, self.mark, variables=self.variables, environ=self.environ
            )
            self._drop_superseded(link, name)
        if built:
            self._note(f"built the database template `{name}` in {time.monotonic() - begun:.1f} s")
        return name

    def _drop_superseded(self, link: Link, name: str) -> None:
        """Drop what this project and checkout used before the template ``name``, if nobody does."""
        for template in link.list_templates():
            ours = (template.project, template.checkout) == (self.mark.project, self.mark.checkout)
            if ours and template.name != name and not template.used:
                link.drop_unused(template)

    def _owner(self, url: DatabaseUrl) -> Owner:
        key = server_address(url)
        if key not in self._owners:
            owner = self._owners[key] = own_server(url, self.mark, own_sessions=self._sessions(url))
            self.stack.callback(lambda: self.problems.extend(owner.release()))
            self._note(*owner.drop_leftovers())
        return self._owners[key]

    def _sessions(self, url: DatabaseUrl) -> list[int]:
        links = (owner.link for owner in self._owners.values())
        return [link.session for link in links if link.url.dialect == url.dialect]

    def _note(self, *notes: str | None) -> None:
        self._notes.update(dict.fromkeys(filter(None, notes)))
