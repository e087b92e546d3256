"""Where a project's claims lie, so that what killed runs left is found whatever the URL is now.

One small file for each claim, in the project's own folder; the claims themselves are the truth.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from moonpool.databases.sqlite.claim import cannot_remove, remove_dead
from moonpool.files import write_whole

__all__ = ["known_claims", "note_claim", "remove_leftovers"]

_FOLDER = "claims"


def note_claim(kept: Path, claim: Path) -> Path:
    """Remember where a claim lies; the entry, to be removed with it. Raises OSError."""
    entry = kept / _FOLDER / hashlib.sha256(bytes(claim)).hexdigest()[:16]
    write_whole(entry, bytes(claim))
    return entry


def known_claims(kept: Path) -> dict[Path, Path]:
    """Each entry of a project's folder, with the claim that it tells of."""
    found = {}
    for entry in sorted((kept / _FOLDER).glob("*")):
        with contextlib.suppress(OSError, ValueError):
            found[entry] = Path(entry.read_text(encoding="utf-8"))
    return found


def remove_leftovers(kept: Path) -> tuple[str, ...]:
    """Remove the files of this project's dead runs; what could not be, as notes."""
    notes = []
    for entry, claim in known_claims(kept).items():
        try:
            if remove_dead(claim) is not None:
                entry.unlink(missing_ok=True)
        except OSError as error:
            notes.append(cannot_remove(error))
    return tuple(notes)
