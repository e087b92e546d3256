"""The moon program of a workspace: where it is, its version, and questions put to it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moonpool.moon.workspace import Workspace

__all__ = ["Moon", "ask", "find_moon", "query", "require_moon"]

# 1.41 was the first to know optional outputs, 2.4 the first to know fingerprint checks.
_OLDEST = {1: (1, 41), 2: (2, 4)}


@dataclass(frozen=True)
class Moon:
    """A moon program that our templates can be used with."""

    path: Path
    version: tuple[int, int, int]

    @property
    def major(self) -> int:
        return self.version[0]


def find_moon(workspace: Workspace, *, environ: Mapping[str, str]) -> Moon | None:
    """Return the workspace's own moon, else the one on PATH, else None.

    Raises MoonpoolError when it does not run or is too old for the task templates.
    """
    own = workspace.root / "node_modules" / ".bin"
    places = os.pathsep.join((str(own), environ.get("PATH", os.defpath)))
    found = shutil.which("moon", path=places)
    if found is None:
        return None
    version = _version(found, workspace, environ)
    oldest = _OLDEST.get(version[0])
    if oldest is None or version[:2] < oldest:
        raise MoonpoolError(
            f"found moon {'.'.join(map(str, version))} at `{found}`, "
            "expected 2.4 or later, or 1.41 or later",
            hint="run `npm install --save-dev @moonrepo/cli@2`",
            slug="moon-version",
            exit_code=ExitCode.MOON,
        )
    return Moon(Path(found), version)


def require_moon(workspace: Workspace, *, environ: Mapping[str, str]) -> Moon:
    """Return the workspace's moon; raises MoonpoolError when there is none."""
    moon = find_moon(workspace, environ=environ)
    if moon is None:
        raise MoonpoolError(
            f"found no `moon` on PATH or in `{workspace.root / 'node_modules' / '.bin'}`",
            hint="run `npm install --save-dev @moonrepo/cli`",
            slug="moon-missing",
            exit_code=ExitCode.MOON,
        )
    return moon


def _version(
    program: str, workspace: Workspace, environ: Mapping[str, str]
) -> tuple[int, int, int]:
    said = ask([program, "--version"], workspace, environ=environ)
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    if match is None:
        raise MoonpoolError(
            f"found `{said.strip()}` as the version of `{program}`, expected `moon 2.5.5` or alike",
            hint=f"run `{program} --version`",
            slug="moon-version",
            exit_code=ExitCode.MOON,
        )
    return int(match[1]), int(match[2]), int(match[3])


def query(
    moon: Moon, workspace: Workspace, words: Sequence[str], *, environ: Mapping[str, str]
) -> dict[str, Any]:
    """Return the JSON object that `moon query …` answers with."""
    # moon 1 prints a table without `--json`; moon 2 always prints JSON and refuses the option.
    form = ["--json"] if moon.major == 1 else []
    text = ask([str(moon.path), "query", *words, *form], workspace, environ=environ)
    answer = json.loads(text) if text.strip() else {}
    assert isinstance(answer, dict)
    return answer


def ask(command: Sequence[str], workspace: Workspace, *, environ: Mapping[str, str]) -> str:
    """Return what a moon command prints; raises MoonpoolError when it fails."""
    quiet = {**environ, "NO_COLOR": "1", "MOON_LOG": "error"}
    quiet.pop("FORCE_COLOR", None)
    try:
        done = subprocess.run(
            command, cwd=workspace.root, env=quiet, capture_output=True, text=True, check=True
        )
    except OSError as error:
        raise _failed(command, str(error)) from error
    except subprocess.CalledProcessError as error:
        raise _failed(command, error.stderr or error.stdout) from error
    return done.stdout


def _failed(command: Sequence[str], said: str) -> MoonpoolError:
    words = " ".join(["moon", *command[1:]])
    # moon draws its errors as a tree; the words alone make one readable line.
    line = re.sub(r"[\s\u2500-\u25ff\u00d7]+", " ", said).strip().removesuffix(".")
    return MoonpoolError(
        f"`{words}` failed: {line}",
        hint=f"run `{words}` and mend what it names",
        slug="moon-failed",
        exit_code=ExitCode.MOON,
    )
