"""What one run owns of SQLite: names beside its files, a template, and what it has to remove."""

from __future__ import annotations

import contextlib
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.databases.claims import candidates
from moonpool.databases.sqlite.claim import claim_path, take_claim
from moonpool.databases.sqlite.index import note_claim, remove_leftovers
from moonpool.databases.sqlite.path import file_of, is_shared_file, renamed, whole
from moonpool.databases.sqlite.template import provide_template
from moonpool.databases.state import Family
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    from moonpool.databases.marks import Mark
    from moonpool.databases.recipe import Recipe
    from moonpool.databases.sqlite.claim import Claim
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["FileOwnership"]


@dataclass(frozen=True)
class FileOwnership:
    """Claims names beside files and provides the template of all of them."""

    mark: Mark
    namespace: str | None
    recipe: Recipe | None
    kept: Path | None
    """The folder of what later runs use; nothing is kept without it."""
    variables: tuple[str, ...]
    """All variables that name a SQLite file; a recipe's steps find the template in each."""
    environ: Mapping[str, str] = field(repr=False)
    stack: ExitStack
    problems: list[str]
    _families: dict[Path, Family] = field(default_factory=dict)
    _templates: list[Path] = field(default_factory=list)
    _notes: dict[str, None] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    def claim_all(self, urls: Mapping[str, DatabaseUrl]) -> dict[str, Family]:
        """The family of each variable; what dead runs of this project left is removed first.

        Raises MoonpoolError when the template cannot be built, or no name is free.
        """
        if self.kept is not None and urls:
            self._note(*remove_leftovers(self.kept))
        return {name: self._claim(whole(url)) for name, url in urls.items()}

    def _claim(self, url: DatabaseUrl) -> Family:
        family = Family(url.raw_name, None)
        if not is_shared_file(url):
            return family
        file = file_of(url)
        place = file.parent.resolve() / file.name
        if place not in self._families:
            # The worker that cannot have its file says why; the user's own may be read-only.
            with contextlib.suppress(OSError):
                self._make_folder(file.parent)
                family = self._claimed(url)
            if self.recipe is not None:
                family = replace(family, template=str(self._template(url, self.recipe)))
            self._families[place] = family
        return replace(self._families[place], base=url.raw_name)

    def _claimed(self, url: DatabaseUrl) -> Family:
        for word in candidates(self.namespace, self.mark):
            own = file_of(renamed(url, word))
            claim = take_claim(own, self.mark)
            if claim is not None:
                self._keep(claim)
                if word != self.namespace:
                    plain = file_of(renamed(url, self.namespace)).name
                    self._note(
                        f"`{plain}` is in use by another run: this run's files are"
                        f" `{own.stem}…{own.suffix}`"
                    )
                return Family(url.raw_name, word, claim=str(claim_path(own)))
        raise MoonpoolError(
            f"all names for test databases beside `{file_of(url)}` are in use by live runs",
            hint="set `MOONPOOL_NAMESPACE` to a word of your own",
            slug="database-busy",
            exit_code=ExitCode.DATABASE,
        )

    def _keep(self, claim: Claim) -> None:
        """Release the claim at the end, and let others find it should there be none."""
        entry = None
        if self.kept is not None:
            with contextlib.suppress(OSError):
                entry = note_claim(self.kept, claim.held.path)

        def release() -> None:
            problems = claim.release()
            self.problems.extend(problems)
            if entry is not None and not problems:
                with contextlib.suppress(OSError):
                    entry.unlink()

        self.stack.callback(release)

    def _make_folder(self, folder: Path) -> None:
        """Make the folder of a file where there is none; it goes with the run if it is empty."""
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)

        def remove() -> None:
            with contextlib.suppress(OSError):
                for path in missing:
                    path.rmdir()

        self.stack.callback(remove)

    def _template(self, url: DatabaseUrl, recipe: Recipe) -> Path:
        if not self._templates:
            begun = time.monotonic()
            kept = self.kept or Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
            try:
                kept.mkdir(parents=True, exist_ok=True)
                template = provide_template(
                    kept,
                    url,
                    recipe,
                    self.mark.run,
                    variables=self.variables,
                    environ=self.environ,
                )
            except OSError as error:
                raise MoonpoolError(
                    f"the database template cannot be kept in `{kept}`: {error.strerror or error}",
                    hint="give the folder room, and this user the right to write there",
                    slug="database-file",
                    exit_code=ExitCode.DATABASE,
                ) from None
            self.stack.callback(template.use.remove)
            self._templates.append(template.path)
            if template.built:
                seconds = time.monotonic() - begun
                self._note(f"built the database template `{template.path.stem}` in {seconds:.1f} s")
        return self._templates[0]

    def _note(self, *notes: str) -> None:
        self._notes.update(dict.fromkeys(notes))
