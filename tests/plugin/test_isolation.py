"""Databases reach a conftest that knows nothing of moonpool."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.django import DJANGO_PLUGIN, WITH_SETTINGS
from tests.support.postgres import OWN_PORT, needs_postgres

if TYPE_CHECKING:
    from tests.support.project import PytestProject


CONFIG = """
[tool.moonpool.databases]
urls = ["DATABASE_URL"]
default = "{default}"
"""
CONFTEST = "import os\nURL_AT_IMPORT = os.environ['DATABASE_URL']\n"
TEST = """
import os, pathlib
from conftest import URL_AT_IMPORT

def test_the_url_is_this_processes_own():
    name = URL_AT_IMPORT.partition("?")[0].rpartition("/")[2]
    pathlib.Path("seen", name + "." + __name__).touch()
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    assert name == ("ledger_test" if worker is None else f"ledger_test_{worker}")
"""


def _write(project: PytestProject, default: str) -> None:
    project.write("pyproject.toml", CONFIG.format(default=default))
    project.write("tests/conftest.py", CONFTEST)
    for number in range(4):
        project.write(f"tests/test_{number}.py", TEST)
    project.write("seen/.keep", "")


def _seen(project: PytestProject) -> set[str]:
    names = {path.name for path in (project.root / "seen").iterdir()}
    return {name.partition(".")[0] for name in names} - {""}


@needs_postgres
@pytest.mark.parametrize("runner", ["pytest", "test"])
def test_each_worker_has_a_database_of_its_own(project: PytestProject, runner: str) -> None:
    _write(project, "postgresql+psycopg:///ledger_test")
    done = getattr(project, runner)("-n", "2", PGPORT=OWN_PORT)
    assert done.returncode == 0, done.stdout
    assert _seen(project) == {"ledger_test_gw0", "ledger_test_gw1"}
    assert re.search("moonpool: (started a|uses the) PostgreSQL server in", done.stdout)


@needs_postgres
@pytest.mark.parametrize("runner", ["pytest", "test"])
def test_a_serial_run_uses_the_name_as_it_is(project: PytestProject, runner: str) -> None:
    _write(project, "postgresql+psycopg:///ledger_test")
    done = getattr(project, runner)(PGPORT=OWN_PORT)
    assert done.returncode == 0, done.stdout
    assert _seen(project) == {"ledger_test"}


def test_a_url_that_cannot_be_read_is_a_usage_error(project: PytestProject) -> None:
    _write(project, "nonsense")
    done = project.test()
    assert done.returncode == 4
    assert "hint: " in done.stderr


@needs_postgres
def test_django_names_its_workers_databases_itself(project: PytestProject) -> None:
    _write(project, "postgresql+psycopg:///ledger_test")
    project.write("django.py", DJANGO_PLUGIN)
    for number in range(4):
        project.write(
            f"tests/test_{number}.py",
            TEST.replace('"ledger_test" if worker is None else f"ledger_test_{worker}"', "base"),
        )
    project.write("tests/conftest.py", CONFTEST + "base = 'ledger_test_word'\n")
    for number in range(4):
        path = project.root / f"tests/test_{number}.py"
        path.write_text(path.read_text().replace("import URL", "import base, URL"))
    done = project.pytest("-n", "2", *WITH_SETTINGS, MOONPOOL_NAMESPACE="word", PGPORT=OWN_PORT)
    assert done.returncode == 0, done.stdout
    assert _seen(project) == {"ledger_test_word"}
