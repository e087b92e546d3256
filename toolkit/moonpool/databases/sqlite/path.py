"""The file that a SQLite URL leads to, and the same URL for a file of another name.

A URL stays text: what stands before the file's name and behind its path comes out as it went in.
"""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from urllib.parse import quote, unquote

from moonpool.databases.urls import DatabaseUrl

__all__ = ["COMPANIONS", "file_of", "is_shared_file", "leading_to", "renamed", "whole"]

# What SQLite keeps beside a file while it is written to (SQLite manual, "Temporary Files").
COMPANIONS = ("", "-journal", "-wal", "-shm")
_URI = "file:"
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_IN_MEMORY = ("", ":memory:", "file::memory:")
# Nobody writes through these, or nobody else sees it.
_PRIVATE = re.compile(r"[?&](?:mode=(?:memory|ro)|vfs=memdb|immutable=1)(?=&|$)")
_NO_WORD = re.compile(r"[^\w.-]")
_MUST_ENCODE = re.compile(r"[%?#]")
# From here on SQLAlchemy resolves the escapes of a database's name.
_RESOLVES_SINCE = (2, 1)


def whole(url: DatabaseUrl) -> DatabaseUrl:
    """The URL with all of the path in its name: a `#` begins no fragment there, but in `file:`."""
    fragment, mark, query = url.after.partition("?")
    if url.raw_name.startswith(_URI):
        return url
    return DatabaseUrl(url.before, url.raw_name + fragment, mark + query)


def is_shared_file(url: DatabaseUrl) -> bool:
    """Whether a URL leads to a file that several processes could write to."""
    return url.raw_name not in _IN_MEMORY and not _PRIVATE.search(url.after)


def renamed(url: DatabaseUrl, *words: str | None) -> DatabaseUrl:
    """The URL with `app.db` turned into `app_<word>_<word>.db`, as far as there are words."""
    folder, file = _split(url.raw_name)
    stem, dot, suffix = file.rpartition(".")
    if not stem:
        stem, dot, suffix = file, "", ""
    ending = "".join(f"_{_NO_WORD.sub('-', word)}" for word in words if word)
    return DatabaseUrl(url.before, f"{folder}{stem}{ending}{dot}{suffix}", url.after)


def file_of(url: DatabaseUrl) -> Path:
    """The file, from this process's folder where the URL's path is relative."""
    text = url.raw_name
    if text.startswith(_URI):
        text = unquote(text.removeprefix(_URI))
        if text.startswith("//"):
            text = "/" + text[2:].partition("/")[2]
    elif "%" in text and _resolves_escapes():
        text = unquote(text)
    return Path(text).absolute()


def leading_to(url: DatabaseUrl, file: Path) -> DatabaseUrl:
    """The URL for another file, given by its absolute path."""
    text = str(file)
    if url.raw_name.startswith(_URI):
        return DatabaseUrl(url.before, _URI + _encoded(text), url.after)
    return DatabaseUrl(url.before, _encoded(text) if _resolves_escapes() else text, url.after)


def _split(name: str) -> tuple[str, str]:
    separators = "/\\" if _DRIVE.match(name) else "/"
    cut = max(name.rfind(separator) for separator in separators) + 1
    if name.startswith(_URI):
        cut = max(cut, len(_URI))
    return name[:cut], name[cut:]


def _encoded(path: str) -> str:
    return _MUST_ENCODE.sub(lambda match: quote(match[0], safe=""), path)


def _resolves_escapes() -> bool:
    """Whether what will read the URL resolves escapes; all but older versions of SQLAlchemy do."""
    try:
        numbers = importlib.metadata.version("sqlalchemy").split(".")[:2]
        return tuple(map(int, numbers)) >= _RESOLVES_SINCE
    except (ImportError, ValueError):
        return True
