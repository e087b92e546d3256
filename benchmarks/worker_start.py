"""What workers cost to start: forked by moonpool, started anew by it, and by plain pytest-xdist.

python benchmarks/worker_start.py [WORKERS…] [--rounds N]

Sixteen files of one test that sleeps 0.25 s, so that there is something to wait for with as many
workers as that; the processes' memory (PSS) is sampled while they do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

from rounds import alternate, plain_environment, table

FILES, SECONDS = 16, 0.25


def main() -> None:
    """Print a table of medians for each number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workers", type=int, nargs="*", default=[2, 8])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    environ = plain_environment()
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for workers in options.workers:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write_suite(root)
            rivals = {
                "pytest -n": partial(_command, "pytest", "-p", "no:moonpool", "-n", str(workers)),
                "moonpool, spawn": partial(_moonpool, "spawn", workers),
                "moonpool, forkserver": partial(_moonpool, "forkserver", workers),
            }
            alternate(rivals, 1, cwd=root, environ=environ)
            costs = alternate(rivals, options.rounds, cwd=root, environ=environ, sample=True)
            print(f"\n{workers} workers\n\n{table(costs, 'pytest -n')}", flush=True)


def write_suite(root: Path) -> None:
    """Write the tests."""
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntestpaths = ['tests']\n")
    (root / "tests").mkdir()
    for number in range(FILES):
        text = f"import time\n\n\ndef test_it():\n    time.sleep({SECONDS})\n"
        (root / "tests" / f"test_{number:02}.py").write_text(text)


def _moonpool(method: str, workers: int) -> list[str]:
    env = ["env", f"MOONPOOL_START_METHOD={method}"]
    return [*env, *_command("moonpool", "test", "-n", str(workers))]


def _command(module: str, *words: str) -> list[str]:
    return [sys.executable, "-m", module, *words, "-q"]


if __name__ == "__main__":
    main()
