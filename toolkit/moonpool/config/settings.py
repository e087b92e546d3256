"""The settings of one project, read once by a door and handed on as plain values.

A key of the project's own `[tool.moonpool]` wins over the workspace root's; an environment
variable wins over both. Each key is the same word everywhere: `worker-memory`,
`MOONPOOL_WORKER_MEMORY`.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from moonpool.budget import Wish, parse_wish
from moonpool.config.checks import SEE, check_keys, config_error
from moonpool.units import parse_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from moonpool.config.databases import DatabaseKeys
    from moonpool.config.gates import GateKeys
    from moonpool.config.places import Places

__all__ = ["KEYS", "Settings", "read_settings"]

_MEMORY_RESERVE = "256MiB"

# Every key of `[tool.moonpool]`, for the check of spelling and for the documentation's test.
KEYS = (
    "allow-no-tests",
    "contexts",
    "coverage",
    "coverage-inputs",
    "databases",
    "floor",
    "gates",
    "jobserver",
    "memory-reserve",
    "preload",
    "split",
    "start-method",
    "worker-env",
    "worker-memory",
    "workers",
)


class Settings(NamedTuple):
    """What a project asks of moonpool; the defaults suit a project that says nothing.

    ``worker_bytes`` is None where nobody set it: then it is what earlier runs measured. ``shard``
    is the part of the tests that this run is told to be, such as `2/3`. ``forks`` says whether its
    workers may be forked, from a process that has imported the modules of ``preload``.
    """

    workers: Wish
    worker_bytes: int | None
    reserve_bytes: int
    floor: int
    coverage: bool | None
    contexts: bool
    allow_no_tests: bool
    jobserver: bool
    split: bool
    forks: bool
    preload: tuple[str, ...]
    databases: DatabaseKeys | None
    gates: GateKeys | None
    coverage_inputs: Mapping[str, tuple[str, ...]] | None
    worker_env: Mapping[str, str] | None
    namespace: str | None
    shard: str | None


def read_settings(places: Places, environ: Mapping[str, str]) -> Settings:
    """Read the settings of the project at ``places``.

    Raises MoonpoolError for a file that is no TOML, an unknown key or a value of the wrong kind.
    """
    table = _tables(places)
    return Settings(
        workers=_workers(table, environ),
        worker_bytes=_optional_bytes(table, environ, "worker-memory"),
        reserve_bytes=_bytes(table, environ, "memory-reserve", _MEMORY_RESERVE),
        floor=_floor(table, environ),
        coverage=_flag(table, environ, "coverage"),
        contexts=_choice(table, environ, "contexts", "test", "none", usual="none") == "test",
        allow_no_tests=_flag(table, environ, "allow-no-tests") or False,
        jobserver=_flag(table, environ, "jobserver") or False,
        split=_flag(table, environ, "split") or False,
        forks=_start_method(table, environ) == "forkserver",
        preload=_preload(table, environ),
        databases=_databases(table.get("databases")),
        gates=_gates(table.get("gates")),
        coverage_inputs=_coverage_inputs(table.get("coverage-inputs")),
        worker_env=_variables(table.get("worker-env")),
        namespace=environ.get("MOONPOOL_NAMESPACE") or None,
        shard=_shard(environ.get("MOONPOOL_SHARD")),
    )


def _tables(places: Places) -> dict[str, Any]:
    folders = [places.project_root]
    if places.workspace_root not in (None, places.project_root):
        assert places.workspace_root is not None
        folders.insert(0, places.workspace_root)
    merged: dict[str, Any] = {}
    for folder in folders:
        merged |= _table(folder / "pyproject.toml")
    return merged


def _table(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise config_error(f"`{path}` cannot be read: {error}", "make it a readable file") from None
    # Parsing a long pyproject.toml costs milliseconds that most projects need not spend.
    if "moonpool" not in text:
        return {}
    try:
        table = tomllib.loads(text).get("tool", {}).get("moonpool", {})
    except tomllib.TOMLDecodeError as error:
        raise config_error(f"`{path}` is not valid TOML: {error}", "correct that line") from None
    if not isinstance(table, dict):
        raise config_error(f"`tool.moonpool` in `{path}` is {table!r}, expected a table", SEE)
    check_keys(table, KEYS, f"[tool.moonpool] in `{path}`")
    return table


def _variable(key: str) -> str:
    return "MOONPOOL_" + key.upper().replace("-", "_")


def _workers(table: Mapping[str, Any], environ: Mapping[str, str]) -> Wish:
    for source in (_variable("workers"), "PYTEST_XDIST_AUTO_NUM_WORKERS"):
        if environ.get(source):
            return _wish(environ[source], source, f"unset {source}, or set it to such a value")
    found = table.get("workers", "auto")
    return _wish(found, "`workers` in [tool.moonpool]", "correct pyproject.toml")


def _wish(found: object, source: str, hint: str) -> Wish:
    try:
        if isinstance(found, bool) or not isinstance(found, str | int):
            raise ValueError(f"{source} is {found!r}, expected `auto`, a number or a percentage")
        return parse_wish(found, source)
    except ValueError as error:
        raise config_error(str(error), hint) from None


def _optional_bytes(table: Mapping[str, Any], environ: Mapping[str, str], key: str) -> int | None:
    if not environ.get(_variable(key)) and table.get(key) is None:
        return None
    return _bytes(table, environ, key, "")


def _bytes(table: Mapping[str, Any], environ: Mapping[str, str], key: str, default: str) -> int:
    source = _variable(key)
    found = environ.get(source) or table.get(key, default)
    if not environ.get(source):
        source = f"`{key}` in [tool.moonpool]"
    try:
        size = parse_bytes(str(found))
    except ValueError as error:
        raise config_error(f"{source}: {error}", "write a size such as `512MiB`") from None
    if size <= 0:
        raise config_error(f"{source} is `{found}`, expected more than 0 bytes", SEE)
    return size


def _floor(table: Mapping[str, Any], environ: Mapping[str, str]) -> int:
    source = _variable("floor")
    found: object = environ.get(source)
    if not found:
        source, found = "`floor` in [tool.moonpool]", table.get("floor", 1)
    if isinstance(found, bool) or str(found) not in ("0", "1"):
        hint = "write 1 to start at once with one worker, or 0 to wait for a free one"
        raise config_error(f"{source} is `{found}`, expected 0 or 1", hint)
    return int(str(found))


def _shard(found: str | None) -> str | None:
    if not found:
        return None
    parts = found.split("/")
    # Four digits are more machines than anybody has.
    if len(parts) == 2 and all(part.isdecimal() and len(part) <= 4 for part in parts):
        number, count = map(int, parts)
        if 1 <= number <= count:
            return f"{number}/{count}" if count > 1 else None
    raise config_error(
        f"MOONPOOL_SHARD is `{found}`, expected a shard such as `2/3`",
        "count from 1 to the number of shards",
    )


_WORDS = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}


def _choice(
    table: Mapping[str, Any], environ: Mapping[str, str], key: str, *words: str, usual: str
) -> str:
    found = environ.get(_variable(key)) or table.get(key, usual)
    if found not in words:
        expected = " or ".join(f"`{word}`" for word in words)
        raise config_error(f"`{key}` is `{found}`, expected {expected}", SEE)
    return str(found)


def _start_method(table: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    words = ("forkserver", "spawn")
    return _choice(table, environ, "start-method", *words, usual=words[0])


def _preload(table: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[str, ...]:
    said = environ.get("MOONPOOL_PRELOAD")
    found = [name for name in said.split(",") if name] if said else table.get("preload", [])
    if isinstance(found, list) and all(
        isinstance(name, str) and all(map(str.isidentifier, name.split("."))) for name in found
    ):
        return tuple(found)
    raise config_error(
        f"`preload` is {found!r}, expected modules of installed packages",
        'write preload = ["sqlalchemy", "django"]',
    )


def _flag(table: Mapping[str, Any], environ: Mapping[str, str], key: str) -> bool | None:
    source = _variable(key)
    if environ.get(source):
        found: object = _WORDS.get(environ[source].lower(), environ[source])
    else:
        source, found = f"`{key}` in [tool.moonpool]", table.get(key)
    if found is None or isinstance(found, bool):
        return found
    raise config_error(f"{source} is `{found}`, expected true or false", SEE)


# What few projects have is imported for them alone: every run reads the settings before it starts.
def _databases(table: object) -> DatabaseKeys | None:
    if table is None:
        return None
    from moonpool.config.databases import read_databases

    return read_databases(table)


def _gates(table: object) -> GateKeys | None:
    if table is None:
        return None
    from moonpool.config.gates import read_gates

    return read_gates(table)


def _coverage_inputs(table: object) -> dict[str, tuple[str, ...]] | None:
    if table is None:
        return None
    from moonpool.config.inputs import read_coverage_inputs

    return read_coverage_inputs(table)


def _variables(table: object) -> dict[str, str] | None:
    if table is None:
        return None
    if not isinstance(table, dict) or not all(isinstance(text, str) for text in table.values()):
        raise config_error(
            f"[tool.moonpool.worker-env] is {table!r}, expected environment variables as texts",
            'write REDIS_URL = "redis://localhost/{index}"',
        )
    from moonpool.environment import check_templates

    check_templates(table)
    return table
