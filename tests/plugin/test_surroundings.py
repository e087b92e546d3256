"""Variables with a worker's own values reach a conftest that knows nothing of moonpool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import PytestProject

CONFIG = """
[tool.moonpool.worker-env]
REDIS_URL = "redis://localhost/{index}"
API_PORT = "{port}"
UPLOADS = "{tmp}"
PREFIX = "{namespace}-{worker}"
"""
CONFTEST = (
    "import os\nAT_IMPORT = {k: os.environ[k] for k in ('REDIS_URL', 'API_PORT', 'PREFIX')}\n"
)
TEST = """
import os, pathlib
from conftest import AT_IMPORT

def test_values(moonpool_worker):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    index = 0 if worker == "main" else int(worker.removeprefix("gw"))
    assert AT_IMPORT["REDIS_URL"] == f"redis://localhost/{index}"
    assert moonpool_worker.index == index
    assert AT_IMPORT["API_PORT"] == str(moonpool_worker.port())
    assert AT_IMPORT["PREFIX"] == f"{moonpool_worker.namespace}-{worker}"
    assert pathlib.Path(os.environ["UPLOADS"]) == moonpool_worker.tmp
    assert moonpool_worker.tmp.is_dir()
    pathlib.Path("seen", AT_IMPORT["API_PORT"] + "+" + worker).touch()
"""


@pytest.mark.parametrize(("words", "workers"), [(("-n", "2"), 2), (("-n", "0"), 1)])
def test_each_worker_has_values_of_its_own(
    project: PytestProject, words: tuple[str, ...], workers: int
) -> None:
    project.write("pyproject.toml", CONFIG)
    project.write("tests/conftest.py", CONFTEST)
    project.write("seen/.keep", "")
    for number in range(4):
        project.write(f"tests/test_{number}.py", TEST)

    done = project.pytest(*words)

    assert done.returncode == 0, done.stdout
    seen = {tuple(path.name.split("+")) for path in (project.root / "seen").glob("*+*")}
    assert len(seen) == workers
    assert len({port for port, _ in seen}) == workers


def test_an_unknown_placeholder_is_a_usage_error(project: PytestProject) -> None:
    project.write("pyproject.toml", '[tool.moonpool.worker-env]\nA = "{wroker}"\n')
    project.write("tests/test_it.py", "def test_it(): pass\n")
    done = project.pytest()
    assert done.returncode == 4
    assert "unknown placeholder `{wroker}`" in done.stderr
