"""Runs the tests of what touches pytest-xdist's private parts against its older releases.

The environment's own release is tested by all other tests. Each release lies in a folder of its
own, in front of the environment, so that nothing else differs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from environment import HOME, ROOT, python

# The newest of each line from the lower bound in pyproject.toml on.
VERSIONS = ("3.6.1", "3.7.0")
TESTS = (
    "elastic",
    "exit_status",
    "late",
    "memory",
    "scheduler",
    "scheduler_crashes",
    "successor",
)


def main() -> int:
    """Test the releases that are named, else all of them; the exit code is for moon."""
    codes = [test(version) for version in sys.argv[1:] or VERSIONS]
    return max(codes)


def test(version: str) -> int:
    """Return pytest's exit code with one release of pytest-xdist."""
    print(f"pytest-xdist {version}")
    with tempfile.TemporaryDirectory() as folder:
        interpreter = lay_over(Path(folder), version)
        files = [f"tests/plugin/test_{name}.py" for name in TESTS]
        command = [str(interpreter), "-m", "pytest", "-q", "-p", "no:moonpool", "-n", "2", *files]
        return subprocess.run(command, cwd=ROOT, check=False).returncode


def lay_over(folder: Path, version: str) -> Path:
    """Return an interpreter that finds this release, and for the rest the environment."""
    venv.EnvBuilder(with_pip=True).create(folder)
    interpreter = folder / python().relative_to(HOME)
    install = ["-m", "pip", "install", "--quiet", "--no-deps", f"pytest-xdist=={version}"]
    subprocess.run([interpreter, *install], check=True)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    below = subprocess.check_output([python(), "-c", ask], text=True).strip()
    above = subprocess.check_output([interpreter, "-c", ask], text=True).strip()
    Path(above, "below.pth").write_text(f"import site; site.addsitedir({below!r})\n")
    return interpreter


if __name__ == "__main__":
    sys.exit(main())
