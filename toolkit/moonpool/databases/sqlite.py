"""A file of its own for each worker of a SQLite URL; databases in memory are private already."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["worker_file_url"]


def worker_file_url(url: DatabaseUrl, worker: str | None) -> str:
    """The URL with ``app.db`` turned into ``app_gw0.db``; unchanged for memory and serial runs."""
    if worker is None or _in_memory(url):
        return url.text
    folder, slash, file = url.raw_name.rpartition("/")
    path = PurePosixPath(file)
    return f"{url.before}{folder}{slash}{path.stem}_{worker}{path.suffix}{url.after}"


def _in_memory(url: DatabaseUrl) -> bool:
    return url.raw_name in ("", ":memory:", "file::memory:") or "mode=memory" in url.after
