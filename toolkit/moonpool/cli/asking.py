"""What pytest itself says of a run that it does not begin.

A child pytest reads the same configuration and arguments as the run would and stops before it
collects, so the answer cannot differ from what happens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ask_pytest"]


def ask_pytest(pytest_arguments: Sequence[str], root: str | None = None) -> dict[str, Any]:
    """Return the decision about a run in this folder, and what it rests on.

    ``root`` is a folder with a copy of another machine's `/proc` and `/sys`. Raises MoonpoolError
    when pytest refuses the configuration or the arguments.
    """
    environ = os.environ | ({"MOONPOOL_MACHINE_ROOT": root} if root else {})
    with tempfile.TemporaryDirectory(prefix="moonpool-") as folder:
        path = Path(folder, "workers.json")
        asked = [sys.executable, "-m", "pytest", f"--moonpool-explain={path}", *pytest_arguments]
        child = subprocess.run(asked, env=environ, capture_output=True, text=True, check=False)
        if child.returncode or not path.is_file():
            raise _refused(child.stderr.strip() or child.stdout.strip())
        answer = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(answer, dict)
    return {key: value for key, value in answer.items() if key != "version"}


def _refused(said: str) -> MoonpoolError:
    return MoonpoolError(
        f"pytest refuses this project's configuration or arguments:\n{said}",
        hint="run `pytest --collect-only` in the project",
        slug="pytest-refuses",
        exit_code=ExitCode.CONFIG,
    )
