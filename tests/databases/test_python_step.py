"""Metadata, its base class, and functions of either kind fill a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from moonpool.databases import DatabaseSettings, Recipe, open_databases, worker_environment

if TYPE_CHECKING:
    from pathlib import Path

METADATA = """
import sqlalchemy as sa
metadata = sa.MetaData()
thing = sa.Table("thing", metadata, sa.Column("id", sa.Integer, primary_key=True))
class Base:
    metadata = metadata
def build(url):
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
async def build_later():
    import os
    build(os.environ["DATABASE_URL"])
"""


@pytest.mark.parametrize(
    "step",
    [
        "models:Base",
        "models:Base.metadata",
        "models:metadata",
        "models:build",
        "models:build_later",
    ],
)
def test_what_is_named_fills_the_databases_of_the_workers(
    step: str, tmp_path: Path, environ: dict[str, str]
) -> None:
    (tmp_path / "models.py").write_text(METADATA)
    settings = DatabaseSettings(("DATABASE_URL",), recipe=Recipe(tmp_path, python=step))
    with open_databases(
        settings, project="app", checkout=tmp_path, run_id="run", environ=environ
    ) as databases:
        told = worker_environment(
            settings, worker="gw0", environ={**environ, **databases.environment}
        )
        with psycopg.connect(told["DATABASE_URL"].replace("+psycopg", "")) as connection:
            assert connection.execute("SELECT * FROM thing").fetchall() == []
