"""`moonpool test` against plain pytest on a suite too short for workers: 200 tests, one second.

python benchmarks/short_suite.py [ROUNDS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rounds import alternate, plain_environment, table

FILES, TESTS_EACH, SECONDS = 10, 20, 0.005


def main() -> None:
    """Print the medians of alternating rounds; both write the same bytecode caches first."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    environ = plain_environment()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_suite(root)
        moonpool = str(Path(sys.executable).with_name("moonpool"))
        rivals = {
            "pytest": lambda: [sys.executable, "-m", "pytest", "-q", "-p", "no:moonpool"],
            "pytest, moonpool unused": lambda: [sys.executable, "-m", "pytest", "-q"],
            "moonpool test": lambda: [moonpool, "test", "-q"],
            "pytest -n auto": lambda: [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:moonpool",
                "-n",
                "auto",
            ],
        }
        alternate(rivals, 1, cwd=root, environ=environ)
        print(table(alternate(rivals, rounds, cwd=root, environ=environ), "pytest"))


def write_suite(root: Path) -> None:
    """Write the tests; each computes for some milliseconds, as a unit test does."""
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntestpaths = ['tests']\n")
    (root / "tests").mkdir()
    body = f"import time\n\n\ndef spin():\n    end = time.perf_counter() + {SECONDS}\n"
    body += "    while time.perf_counter() < end:\n        pass\n"
    tests = "".join(f"\n\ndef test_{number}():\n    spin()\n" for number in range(TESTS_EACH))
    for number in range(FILES):
        (root / "tests" / f"test_{number}.py").write_text(body + tests)


if __name__ == "__main__":
    main()
