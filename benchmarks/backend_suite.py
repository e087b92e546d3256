"""A backend of 30 tables on asynchronous SQLAlchemy, whose tests commit and wait a little."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["TABLES", "write_backend"]

TABLES = 30
_FILES = 16
_PROJECT = """
[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
[tool.coverage.run]
source = ["app"]
patch = ["subprocess"]
[tool.moonpool.databases]
urls = ["DATABASE_URL"]
default = "postgresql+asyncpg:///backend_test"
clean = "dirty"
[tool.moonpool.databases.template]
python = "app.models:Base"
"""
_MODEL = """

class Table{number}(Base):
    __tablename__ = "table_{number}"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("table_{parent}.id"))
"""
_MODELS = """from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass
"""
_SERVICE = """import os

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app import models

worker = os.environ.get("PYTEST_XDIST_WORKER", "")
name = f"backend_test_{worker}" if os.environ.get("RECREATE") and worker else "backend_test"
url = os.environ["DATABASE_URL"]
url = url if "backend_test_" in url else url.replace("backend_test", name)
engine = create_async_engine(url, poolclass=NullPool)
factory = async_sessionmaker(engine, expire_on_commit=False)


def validated(code: str) -> str:
    letters = [letter for letter in code if letter.isalnum() or letter == "-"]
    checked = "".join(letters).upper()
    for _ in range(40):
        checked = checked[1:] + checked[:1]
    return checked


async def record(number: int, amount: int) -> None:
    parent = getattr(models, f"Table{number}")
    child = getattr(models, f"Table{(number + 1) % 30}")
    async with factory() as session:
        first = parent(code=validated(f"p-{number}"), title="first")
        session.add(first)
        await session.flush()
        for each in range(amount):
            session.add(child(code=validated(f"c-{each}"), title=f"title {each}"))
        await session.commit()


async def count(number: int) -> int:
    async with factory() as session:
        return await session.scalar(select(func.count(getattr(models, f"Table{number}").id)))
"""
_CONFTEST = """import asyncio
import os

import pytest
from sqlalchemy import text

from app.models import Base
from app.service import engine


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def recreate():
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
        await connection.run_sync(Base.metadata.create_all)


if os.environ.get("RECREATE"):

    @pytest.fixture(autouse=True)
    def clean():
        asyncio.run(recreate())
"""
_TEST = """
@pytest.mark.anyio
async def test_{number}(anyio_backend):
    await record({table}, 6)
    await asyncio.sleep(0.01)
    assert await count({table}) == 1
    assert await count({next}) == 6
"""


def write_backend(root: Path, tests: int) -> None:
    """Write the project with so many tests."""
    for folder in ("app", "tests"):
        (root / folder).mkdir()
    (root / "pyproject.toml").write_text(_PROJECT)
    (root / "app" / "__init__.py").touch()
    models = [_MODEL.format(number=n, parent=max(0, n - 1)) for n in range(TABLES)]
    (root / "app" / "models.py").write_text(_MODELS + "".join(models))
    (root / "app" / "service.py").write_text(_SERVICE)
    (root / "tests" / "conftest.py").write_text(_CONFTEST)
    for file in range(_FILES):
        lines = "import asyncio\n\nimport pytest\n\nfrom app.service import count, record\n"
        for number in range(file, tests, _FILES):
            table = number % TABLES
            lines += "\n" + _TEST.format(number=number, table=table, next=(table + 1) % TABLES)
        (root / "tests" / f"test_{file:02}.py").write_text(lines)
