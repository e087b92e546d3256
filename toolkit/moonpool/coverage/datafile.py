"""Reads and writes coverage.py's data files.

Reading goes straight to the tables, in one pass, and lets SQLite do what is done per arc; writing
goes through coverage.py's public API in sorted order, so that equal data gives equal bytes and any
coverage.py can read the result.
"""

from __future__ import annotations

import contextlib
import sqlite3
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from moonpool.coverage.executed import Arc, Executed, FileRun
from moonpool.files import written_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "SCHEMA_VERSION",
    "Arcs",
    "Contents",
    "DataFileError",
    "add_meta",
    "opened",
    "read_data_file",
    "rows",
    "write_data_file",
]

# The tables of every coverage.py since 5.0; coverage.readthedocs.io/en/latest/dbschema.html.
SCHEMA_VERSION = 7

# Both ends of an arc as one number: 24 bits (16777216) for each, which no file's lines exceed.
_SHIFT = 24
_HALF = 1 << (_SHIFT - 1)

# Many rows in one statement take a third of the time of as many statements. It is always the same
# statement, because one of another length would be kept in memory beside it.
_ROWS = 100
_INSERT = "insert into arc select ?, ?, column1, column2 from (values {})"
_INSERT_ROWS = _INSERT.format(", ".join(["(?, ?)"] * _ROWS))

# One text per file and context; 2-3 times quicker than a row of two numbers per arc, and the
# table's own unique index has the rows in this order.
_ARCS = """
    select file_id, context_id, group_concat(fromno * 16777216 + tono)
    from arc group by file_id, context_id
"""
_FILES = """
    select file.id, path, coalesce(tracer, '')
    from file left join tracer on tracer.file_id = file.id
"""
_LINES = "select file_id, context_id, numbits from line_bits"


class DataFileError(Exception):
    """A file that holds no data that we can read; the text is a fragment that says why."""


class Arcs(dict[str, Arc]):
    """The arcs that numbers in texts stand for, each made once: files share most of them."""

    def __missing__(self, text: str) -> Arc:
        number = int(text)
        start = (number + _HALF) >> _SHIFT
        arc = self[text] = (start, number - (start << _SHIFT))
        return arc


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a data file for a block that reads it.

    Raises FileNotFoundError when there is no such file, and DataFileError when it is empty, cut
    short, locked, or of another schema; also for what goes wrong in the block.
    """
    try:
        if path.stat().st_size == 0:
            raise DataFileError("is empty")
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            _require_schema(connection)
            yield connection
    except FileNotFoundError:
        raise
    except (OSError, sqlite3.Error) as error:
        raise DataFileError(f"cannot be read: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise DataFileError(f"contradicts itself: {error!r}") from error


def _require_schema(connection: sqlite3.Connection) -> None:
    try:
        row = connection.execute("select version from coverage_schema").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        raise DataFileError("is not a data file of coverage.py") from None
    found = row[0] if row else None
    if found != SCHEMA_VERSION:
        raise DataFileError(f"has schema {found} where {SCHEMA_VERSION} was expected")


class Contents(NamedTuple):
    """What a data file holds: its kind, what others noted in it, its paths with their tracers.

    ``runs`` are a path, a context, and the numbers of its arcs as a text or its lines as bits.
    """

    branches: bool
    meta: dict[str, str]
    tracers: dict[str, str]
    runs: Iterator[tuple[str, str, str | bytes]]


def rows(connection: sqlite3.Connection) -> Contents:
    """Return the contents of a data file that is open."""
    meta = dict(connection.execute("select key, value from meta"))
    branches = bool(int(meta.get("has_arcs", 0)))
    files = connection.execute(_FILES).fetchall()
    paths = {file_id: path for file_id, path, _ in files}
    contexts = dict(connection.execute("select id, context from context"))
    found = connection.execute(_ARCS if branches else _LINES)
    runs = ((paths[file_id], contexts[context_id], what) for file_id, context_id, what in found)
    return Contents(branches, meta, {path: tracer for _, path, tracer in files}, runs)


def read_data_file(path: Path) -> Executed:
    """Return all that a data file holds; raises as ``opened``."""
    with opened(path) as connection:
        contents = rows(connection)
        lines: dict[str, dict[str, int]] = {}
        arcs: dict[str, dict[str, frozenset[Arc]]] = {}
        known = Arcs()
        for name, context, what in contents.runs:
            if isinstance(what, str):
                some = frozenset(map(known.__getitem__, what.split(",")))
                arcs.setdefault(name, {})[context] = some
            else:
                # A numbits blob has line n as bit n % 8 of byte n // 8: a little-endian integer.
                lines.setdefault(name, {})[context] = int.from_bytes(what, "little")
    return Executed(
        contents.branches,
        {
            name: FileRun(tracer, lines.get(name, {}), arcs.get(name, {}))
            for name, tracer in sorted(contents.tracers.items())
        },
    )


def write_data_file(
    path: Path, executed: Executed, *, complete: Callable[[Path], None] | None = None
) -> None:
    """Replace ``path`` by a data file that holds ``executed``, whole or not at all.

    ``complete`` may add to the file before it takes its place.

    The bytes depend on the data and on the versions of coverage.py and SQLite, on nothing else.
    Raises OSError when the folder cannot be written.
    """
    with written_aside(path) as aside:
        _write(aside, executed)
        if complete is not None:
            complete(aside)


def _write(path: Path, executed: Executed) -> None:
    from coverage import CoverageData

    data = CoverageData(basename=str(path))
    # An addition of nothing settles the kind, which an all-unexecuted file needs before a touch.
    (data.add_arcs if executed.branches else data.add_lines)({})
    data.touch_files(sorted(executed.files))
    tracers = {name: run.tracer for name, run in sorted(executed.files.items()) if run.tracer}
    data.add_file_tracers(tracers)
    data.write()
    data.close(force=True)
    _insert_runs(path, executed)


def _insert_runs(path: Path, executed: Executed) -> None:
    # The API goes through every arc three times for a hash that only its own file names carry,
    # which takes five times as long as this, and through every line on its way to bits again.
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("pragma journal_mode = off")
        connection.execute("pragma synchronous = off")
        ran = list(_ran(executed))
        known = sorted({context for _, context, _ in ran})
        connection.executemany("insert into context (context) values (?)", zip(known))
        files = dict(connection.execute("select path, id from file"))
        contexts = dict(connection.execute("select context, id from context"))
        for name, context, what in ran:
            key = (files[name], contexts[context])
            if isinstance(what, int):
                numbits = what.to_bytes((what.bit_length() + 7) // 8, "little")
                connection.execute("insert into line_bits values (?, ?, ?)", (*key, numbits))
            else:
                _insert_arcs(connection, key, sorted(what))


def _insert_arcs(connection: sqlite3.Connection, key: tuple[int, int], arcs: list[Arc]) -> None:
    whole = len(arcs) - len(arcs) % _ROWS
    for first in range(0, whole, _ROWS):
        some = arcs[first : first + _ROWS]
        connection.execute(_INSERT_ROWS, [*key, *chain.from_iterable(some)])
    connection.executemany(
        "insert into arc values (?, ?, ?, ?)", ((*key, *arc) for arc in arcs[whole:])
    )


def add_meta(path: Path, key: str, text: str) -> None:
    """Note a text in a data file that nobody else has yet; coverage.py passes over its key."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("pragma journal_mode = off")
        connection.execute("insert into meta (key, value) values (?, ?)", (key, text))


def _ran(executed: Executed) -> Iterator[tuple[str, str, int | frozenset[Arc]]]:
    for name, run in sorted(executed.files.items()):
        by_context: Mapping[str, int | frozenset[Arc]] = run.lines
        if executed.branches:
            by_context = run.arcs
        for context, what in sorted(by_context.items()):
            if what:
                yield name, context, what
