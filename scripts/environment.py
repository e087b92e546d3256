"""Makes `.venv` with the pinned requirements and this repository's packages, once per change.

Run by the task `environment:make`, which all others depend on. It needs Python 3.11 or newer
and nothing else, and costs a few milliseconds when nothing has changed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
STAMP = HOME / "environment.sha256"
LOCK = ROOT / "requirements.lock"
PACKAGES = (".", "examples/core", "examples/statements", "examples/backend", "examples/forecast")
OLDEST_PYTHON = (3, 11)


def main() -> int:
    """Bring the environment up to date; the exit code is for moon."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.stderr.write(
            f"error: `{sys.executable}` is Python {found}, expected 3.11 or newer\n"
            "hint: put a newer `python3` first on PATH\n"
        )
        return 1
    wanted = fingerprint()
    if not (STAMP.is_file() and STAMP.read_text() == wanted and python().exists()):
        make()
        STAMP.write_text(wanted)
    return 0


def fingerprint() -> str:
    """Return what the environment is made of: interpreter, requirements, package definitions."""
    digest = hashlib.sha256(f"{sys.version}{HOME}".encode())
    for path in (LOCK, *(ROOT / package / "pyproject.toml" for package in PACKAGES)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def python() -> Path:
    """Return the environment's interpreter."""
    return HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make() -> None:
    """Install everything; a half-made environment carries no stamp and is made again."""
    STAMP.unlink(missing_ok=True)
    if not has_same_python():
        venv.EnvBuilder(with_pip=True, clear=True).create(HOME)
    print("installing the pinned requirements")
    # The lock names everything. Left to resolve, pip looks at newer releases for `coverage[toml]`
    # and then refuses their missing hashes (pypa/pip#9644), so a release elsewhere would break us.
    pip("--no-deps", "--require-hashes", "--requirement", str(LOCK))
    editable = [word for package in PACKAGES for word in ("--editable", str(ROOT / package))]
    pip("--no-deps", "--no-build-isolation", *editable)


def has_same_python() -> bool:
    """Whether the environment that lies there was made by this interpreter's version."""
    if not python().exists():
        return False
    asked = [str(python()), "-c", "import sys; print(sys.version)"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.stdout.strip() == sys.version.strip()


def pip(*words: str) -> None:
    """Run the environment's pip quietly; its errors are shown as they are."""
    command = [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *words], check=True)


if __name__ == "__main__":
    sys.exit(main())
