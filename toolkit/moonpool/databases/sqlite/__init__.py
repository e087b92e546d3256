"""A file of its own for each process of a SQLite URL; databases in memory are private already."""

from __future__ import annotations

from moonpool.databases.sqlite.cleaner import SqliteCleaner
from moonpool.databases.sqlite.leftovers import (
    CleanedFiles,
    FoundFile,
    TemplateFile,
    clean_files,
    list_files,
    list_template_files,
    split_urls,
)
from moonpool.databases.sqlite.ownership import FileOwnership
from moonpool.databases.sqlite.worker import own_file_url, owns_file

__all__ = [
    "CleanedFiles",
    "FileOwnership",
    "FoundFile",
    "SqliteCleaner",
    "TemplateFile",
    "clean_files",
    "list_files",
    "list_template_files",
    "own_file_url",
    "owns_file",
    "split_urls",
]
