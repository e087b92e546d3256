"""A project's folder in which runs on SQLite files are opened and killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.databases import (
    Databases,
    DatabaseSettings,
    Recipe,
    open_databases,
    worker_environment,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# It opens its databases, makes those of the workers that it was told, and waits to be killed.
_KILLED = """
import json, os, sys
from pathlib import Path
from moonpool.databases import DatabaseSettings, Recipe, open_databases, worker_environment

folder, project, sql, *workers = json.loads(sys.argv[1])
recipe = Recipe(Path(folder), sql=tuple(sql)) if sql else None
settings = DatabaseSettings(("DATABASE_URL",), recipe=recipe)
databases = open_databases(
    settings, project=project, checkout=Path(folder), run_id="killed", kept=Path(folder, "kept")
)
environ = {**os.environ, **databases.environment}
for worker in workers:
    worker_environment(settings, worker=worker, environ=environ)
print("open", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Workplace:
    """One checkout of a project, whose URL names `app.db` beside it."""

    folder: Path
    environ: dict[str, str] = field(repr=False)
    project: str = "app"

    def open(
        self,
        settings: DatabaseSettings,
        environ: Mapping[str, str] | None = None,
        namespace: str | None = None,
    ) -> Databases:
        """Open a run's databases."""
        return open_databases(
            settings,
            project=self.project,
            checkout=self.folder,
            run_id="run",
            namespace=namespace,
            environ=environ or self.environ,
            kept=self.folder / "kept",
        )

    def worker(self, settings: DatabaseSettings, databases: Databases, worker: str | None) -> Path:
        """Make a worker's file; where it lies."""
        told = {**self.environ, **databases.environment}
        url = worker_environment(settings, worker=worker, environ=told)["DATABASE_URL"]
        return Path(url.partition(":///")[2])

    def leave_behind(self, *workers: str | None, sql: tuple[str, ...] = ()) -> None:
        """Kill a run that has made files for some workers."""
        argument = json.dumps([str(self.folder), self.project, sql, *workers])
        process = subprocess.Popen(
            [sys.executable, "-c", _KILLED, argument],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environ},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        process.kill()
        process.communicate()

    def files(self) -> list[str]:
        """The names of all that lies beside the database."""
        place = self.folder / "data"
        return sorted(path.name for path in place.iterdir()) if place.exists() else []


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """A checkout whose database's folder is there."""
    (tmp_path / "data").mkdir()
    (tmp_path / "schema.sql").write_text(
        "CREATE TABLE thing (id INTEGER PRIMARY KEY); INSERT INTO thing DEFAULT VALUES;"
    )
    url = f"sqlite:///{tmp_path}/data/app.db"
    return Workplace(tmp_path, {"PATH": os.environ["PATH"], "DATABASE_URL": url})


@pytest.fixture
def plain() -> DatabaseSettings:
    """Settings without a template."""
    return DatabaseSettings(("DATABASE_URL",))


@pytest.fixture
def filled(place: Workplace) -> DatabaseSettings:
    """Settings with a template of one table that holds one row."""
    return DatabaseSettings(("DATABASE_URL",), recipe=Recipe(place.folder, sql=("schema.sql",)))
