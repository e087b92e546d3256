"""The file of one process: named after its worker, written into the run's claim, then filled."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.databases.sqlite.claim import add_file, claim_path, read_claim, withdraw_file
from moonpool.databases.sqlite.held import hold
from moonpool.databases.sqlite.path import COMPANIONS, file_of, is_shared_file, renamed, whole
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from moonpool.databases.state import Family
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["own_file_url", "owns_file"]

# Stands for the worker in a serial run that may not write into the user's own file.
_SERIAL = "main"


def own_file_url(
    url: DatabaseUrl, family: Family, run: str, worker: str | None, *, fills: bool
) -> str:
    """The URL of this process's file, a copy of the template if there is one; safe to repeat.

    Databases in memory stay, and the user's own file in a run of one process that does not fill
    it. Raises MoonpoolError when the file is somebody else's or cannot be made.
    """
    base = replace(whole(url), raw_name=family.base)
    word = worker or (_SERIAL if fills else None)
    if not is_shared_file(base) or not (word or family.namespace):
        return base.text
    own = renamed(base, family.namespace, word)
    _assign(file_of(own), family, run)
    return own.text


def owns_file(url: DatabaseUrl, family: Family) -> bool:
    """Whether a URL leads to a file that the run gave to one of its processes."""
    claimed = read_claim(Path(family.claim)) if family.claim else None
    return claimed is not None and file_of(whole(url)) in claimed.files


def _assign(file: Path, family: Family, run: str) -> None:
    if family.claim is None:
        raise _cannot_be_made(file, _obstacle(file))
    claim = Path(family.claim)
    claimed = read_claim(claim)
    if claimed is None or claimed.mark.run != run:
        raise _cannot_be_made(file, f"`{claim.name}` beside it was removed while the run lives")
    if file.name in claimed.names:
        return
    _refuse_foreign(file)
    try:
        add_file(claim, file.name)
        if family.template is not None:
            _copy(Path(family.template), file)
    except FileExistsError:
        # Somebody made it just now; the end of the run must not take it for ours.
        withdraw_file(claim, file.name)
        _refuse_foreign(file)
    except OSError as error:
        raise _cannot_be_made(file, error.strerror or str(error)) from None


def _copy(template: Path, file: Path) -> None:
    """Copy a file to where there is none."""
    with template.open("rb") as source, file.open("xb") as target:
        try:
            shutil.copyfileobj(source, target)
            target.flush()
        except BaseException:
            # Windows leaves an open file; it is named in the claim, so it goes with the run.
            with contextlib.suppress(OSError):
                file.unlink()
            raise


def _refuse_foreign(file: Path) -> None:
    for companion in COMPANIONS:
        found = file.with_name(file.name + companion)
        if found.exists():
            raise MoonpoolError(
                f"file `{found}` exists and was not made by moonpool, so it is not replaced",
                hint="delete it yourself if nobody needs it, or set `MOONPOOL_NAMESPACE` to another"
                " word",
                slug="database-not-ours",
                exit_code=ExitCode.DATABASE,
            )


def _obstacle(file: Path) -> str:
    """Why the run could not claim the names beside a file when it began."""
    try:
        held = hold(claim_path(file))
    except OSError as error:
        return f"`{file.parent}`: {error.strerror or error}"
    if held is not None:
        held.remove()
    return f"`{file.parent}` could not be written when the run began"


def _cannot_be_made(file: Path, reason: str) -> MoonpoolError:
    return MoonpoolError(
        f"database file `{file}` cannot be made: {reason}",
        hint="let the URL lead to a folder with room that this user may write to",
        slug="database-file",
        exit_code=ExitCode.DATABASE,
    )
