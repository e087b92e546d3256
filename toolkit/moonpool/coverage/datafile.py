"""Reads and writes coverage.py's data files.

Reading goes straight to the tables, in one pass; writing goes through coverage.py's public API in
sorted order, so that equal data gives equal bytes and any coverage.py can read the result.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from pathlib import Path

from moonpool.coverage.executed import Arc, Executed, FileRun, line_numbers
from moonpool.files import write_whole

__all__ = ["SCHEMA_VERSION", "DataFileError", "read_data_file", "write_data_file"]

# The tables of every coverage.py since 5.0; coverage.readthedocs.io/en/latest/dbschema.html.
SCHEMA_VERSION = 7


class DataFileError(Exception):
    """A file that holds no data that we can read; the text is a fragment that says why."""


def read_data_file(path: Path) -> Executed:
    """Return all that a data file holds.

    Raises FileNotFoundError when there is no such file, and DataFileError when it is empty, cut
    short, locked, or of another schema.
    """
    try:
        if path.stat().st_size == 0:
            raise DataFileError("is empty")
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            _require_schema(connection)
            return _tables(connection)
    except FileNotFoundError:
        raise
    except (OSError, sqlite3.Error) as error:
        raise DataFileError(f"cannot be read: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise DataFileError(f"contradicts itself: {error!r}") from error


def _require_schema(connection: sqlite3.Connection) -> None:
    tables = {name for (name,) in connection.execute("select name from sqlite_master")}
    if "coverage_schema" not in tables:
        raise DataFileError("is not a data file of coverage.py")
    row = connection.execute("select version from coverage_schema").fetchone()
    found = row[0] if row else None
    if found != SCHEMA_VERSION:
        raise DataFileError(f"has schema {found} where {SCHEMA_VERSION} was expected")


def _tables(connection: sqlite3.Connection) -> Executed:
    meta = connection.execute("select value from meta where key = 'has_arcs'").fetchone()
    branches = bool(meta and int(meta[0]))
    contexts = dict(connection.execute("select id, context from context"))
    tracers = dict(connection.execute("select file_id, tracer from tracer"))
    lines = {} if branches else _lines(connection, contexts)
    arcs = _arcs(connection, contexts) if branches else {}
    return Executed(
        branches,
        {
            path: FileRun(tracers.get(key, ""), lines.get(key, {}), arcs.get(key, {}))
            for key, path in connection.execute("select id, path from file order by path")
        },
    )


def _lines(connection: sqlite3.Connection, contexts: dict[int, str]) -> dict[int, dict[str, int]]:
    lines: dict[int, dict[str, int]] = {}
    query = "select file_id, context_id, numbits from line_bits"
    for file_id, context_id, numbits in connection.execute(query):
        # A numbits blob has line n as bit n % 8 of byte n // 8, which is a little-endian integer.
        lines.setdefault(file_id, {})[contexts[context_id]] = int.from_bytes(numbits, "little")
    return lines


def _arcs(
    connection: sqlite3.Connection, contexts: dict[int, str]
) -> dict[int, dict[str, frozenset[Arc]]]:
    found: dict[tuple[int, int], list[Arc]] = {}
    for file_id, context_id, *arc in connection.execute(
        "select file_id, context_id, fromno, tono from arc"
    ):
        found.setdefault((file_id, context_id), []).append((arc[0], arc[1]))
    arcs: dict[int, dict[str, frozenset[Arc]]] = {}
    for (file_id, context_id), some in found.items():
        arcs.setdefault(file_id, {})[contexts[context_id]] = frozenset(some)
    return arcs


def write_data_file(path: Path, executed: Executed) -> None:
    """Replace ``path`` by a data file that holds ``executed``, whole or not at all.

    The bytes depend on the data and on the versions of coverage.py and SQLite, on nothing else.
    Raises OSError when the folder cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="moonpool-coverage-") as scratch:
        aside = Path(scratch) / "data"
        _write(aside, executed)
        write_whole(path, aside.read_bytes())


def _write(path: Path, executed: Executed) -> None:
    from coverage import CoverageData

    data = CoverageData(basename=str(path))
    # An addition of nothing settles the kind, which an all-unexecuted file needs before a touch.
    (data.add_arcs if executed.branches else data.add_lines)({})
    for name, run in sorted(executed.files.items()):
        data.touch_file(name, run.tracer)
    for context, by_file in _by_context(executed):
        data.set_context(context)
        if executed.branches:
            data.add_arcs({name: sorted(run.arcs[context]) for name, run in by_file.items()})
        else:
            data.add_lines(
                {name: line_numbers(run.lines[context]) for name, run in by_file.items()}
            )
    data.write()
    data.close(force=True)


def _by_context(executed: Executed) -> list[tuple[str, dict[str, FileRun]]]:
    found: dict[str, dict[str, FileRun]] = {}
    for name, run in sorted(executed.files.items()):
        for context, ran in (run.arcs if executed.branches else run.lines).items():
            if ran:
                found.setdefault(context, {})[name] = run
    return sorted(found.items())
