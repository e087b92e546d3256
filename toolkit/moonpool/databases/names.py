"""The names of the databases that a run makes: derived, stable, and never longer than allowed."""

from __future__ import annotations

import hashlib

from moonpool.databases.urls import MYSQL, POSTGRESQL

__all__ = ["LONGEST_NAME_BYTES", "LONGEST_NAME_LETTERS", "automatic_namespaces", "database_name"]

# PostgreSQL's NAMEDATALEN - 1; a longer name is cut silently, so that two could become one.
LONGEST_NAME_BYTES = 63
# MySQL's and MariaDB's limit, in characters; a longer name is an error there.
LONGEST_NAME_LETTERS = 64
# 40 bits: a thousand long names on one server share a digest with a chance of one in two million,
# and then the mark of the other's database still stops us.
_DIGEST_LETTERS = 10
# Namespaces only tell apart the few checkouts that share one server.
_NAMESPACE_LETTERS = 6


def database_name(
    base: str,
    worker: str | None = None,
    namespace: str | None = None,
    dialect: str = POSTGRESQL,
) -> str:
    """The database of one worker: ``<base>``, ``<base>_gw0`` or ``<base>_<namespace>_gw0``.

    A name that would be longer than the server allows keeps its beginning and its worker, and gets
    a digest of the whole in between.
    """
    stem = f"{base}_{namespace}" if namespace else base
    ending = f"_{worker}" if worker else ""
    whole = stem + ending
    if _cut(whole, dialect) == whole:
        return whole
    ending = f"_{_digest(whole, _DIGEST_LETTERS)}{ending}"
    return _cut(stem, dialect, ending) + ending


def automatic_namespaces(project: str, checkout: str, run: str) -> tuple[str, str]:
    """What tells this project and checkout apart on a shared server, and then this run of it."""
    place = _digest(f"{project}\0{checkout}", _NAMESPACE_LETTERS)
    return place, place + _digest(run, _NAMESPACE_LETTERS)


def _digest(text: str, letters: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:letters]


def _cut(text: str, dialect: str, ending: str = "") -> str:
    """The beginning of a text that leaves room for its ending, whole characters only."""
    if dialect == MYSQL:
        return text[: max(LONGEST_NAME_LETTERS - len(ending), 0)]
    limit_bytes = LONGEST_NAME_BYTES - len(ending.encode())
    return text.encode()[: max(limit_bytes, 0)].decode(errors="ignore")
