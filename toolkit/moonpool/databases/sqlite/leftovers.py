"""What runs made of SQLite files and still stands: beside URLs, and where a workspace ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.databases.sqlite.claim import Claimed, claims_in, read_claim, remove_dead
from moonpool.databases.sqlite.index import known_claims
from moonpool.databases.sqlite.path import file_of, is_shared_file, whole
from moonpool.databases.sqlite.template import prune_templates, templates_in
from moonpool.databases.urls import SQLITE, parse_url
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from moonpool.databases.marks import Mark

__all__ = [
    "CleanedFiles",
    "FoundFile",
    "TemplateFile",
    "clean_files",
    "list_files",
    "list_template_files",
    "split_urls",
]


@dataclass(frozen=True)
class FoundFile:
    """A file that a run gave to one of its processes."""

    path: Path
    mark: Mark
    lives: bool
    """Whether that run still holds its claim."""


@dataclass(frozen=True)
class TemplateFile:
    """A file that we made to be copied."""

    path: Path
    used: bool
    """Whether a live run copies it."""


@dataclass(frozen=True)
class CleanedFiles:
    """What `clean` did."""

    removed: tuple[Path, ...]
    kept: tuple[Path, ...]
    """In use by runs that are alive."""


def split_urls(urls: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[Path]]:
    """Of URLs with their origins: those of servers as they are, and the folders of SQLite files."""
    parsed = [(origin, text, parse_url(text, origin=origin)) for origin, text in urls]
    servers = [(origin, text) for origin, text, url in parsed if url.dialect != SQLITE]
    files = [whole(url) for _, _, url in parsed if url.dialect == SQLITE]
    return servers, [file_of(url).parent for url in files if is_shared_file(url)]


def list_files(folders: Iterable[Path], kept: Iterable[Path]) -> tuple[FoundFile, ...]:
    """The files of ours in some folders, and those of the projects that keep theirs in ``kept``."""
    return tuple(
        FoundFile(file, claimed.mark, claimed.lives)
        for claimed in _claims(folders, kept)
        for file in claimed.files
        if file.exists()
    )


def list_template_files(kept: Iterable[Path]) -> tuple[TemplateFile, ...]:
    """The templates of the projects that keep theirs in ``kept``."""
    return tuple(
        TemplateFile(path, used) for folder in kept for path, used in templates_in(folder).items()
    )


def clean_files(folders: Iterable[Path], kept: Collection[Path]) -> CleanedFiles:
    """Remove the files of ours whose run is provably gone, and templates that nobody uses.

    Raises MoonpoolError for a file that cannot be removed.
    """
    removed: list[Path] = []
    alive: list[Path] = []
    try:
        for claimed in _claims(folders, kept):
            standing = [file for file in claimed.files if file.exists()]
            gone = remove_dead(claimed.path) is not None
            (removed if gone else alive).extend(standing)
        for folder in kept:
            for entry, path in known_claims(folder).items():
                if not path.exists():
                    entry.unlink(missing_ok=True)
            removed += prune_templates(folder)
            alive += templates_in(folder)
    except OSError as error:
        raise MoonpoolError(
            f"cannot remove `{error.filename}`: {error.strerror}",
            hint="delete it by hand, or as the user whose file it is",
            slug="database-file",
            exit_code=ExitCode.DATABASE,
        ) from None
    return CleanedFiles(tuple(removed), tuple(alive))


def _claims(folders: Iterable[Path], kept: Iterable[Path]) -> Iterator[Claimed]:
    found = [claimed for folder in folders for claimed in claims_in(folder)]
    paths = [path for folder in kept for path in known_claims(folder).values()]
    found += [claimed for path in paths if (claimed := read_claim(path))]
    yield from {claimed.path.resolve(): claimed for claimed in found}.values()
