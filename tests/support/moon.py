"""A moon workspace in a folder of its own: a git repository, the real moon, a moonpool to run.

Without ``real=True`` the tasks run a stand-in for `moonpool` that writes down how it was called,
so that a test of moon's behaviour costs milliseconds per task.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.project import FEWER_PLUGINS

__all__ = ["REPOSITORY", "MoonWorkspace", "moon_workspace"]

REPOSITORY = Path(__file__).resolve().parents[2]

# The task fails where its project has a file `fail`. It leaves the output that moon keeps.
_STAND_IN = """\
#!/bin/sh
project="${MOON_PROJECT_ROOT:-.}"
echo "$MOON_TARGET|$*|$MOONPOOL_WORKERS|$PWD" >> "$MOON_WORKSPACE_ROOT/.moonpool/calls"
if [ "$1" = test ] && [ ! -e "$project/unmeasured" ]; then
    mkdir -p "$project/.moonpool" && echo "$MOON_TARGET" > "$project/.moonpool/coverage"
fi
test ! -e "$project/fail"
"""
_CONFIG = "projects: {globs: ['packages/*'], sources: {root: '.'}}\nvcs: {defaultBranch: main}\n"
_AUTHOR = ("-c", "user.name=tests", "-c", "user.email=tests@example.org")


@dataclass(frozen=True)
class MoonWorkspace:
    """A workspace and the environment in which its commands run."""

    root: Path
    environ: dict[str, str] = field(repr=False)

    def write(self, path: str, text: str) -> Path:
        """Write a file of the workspace, with its folders."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def project(self, name: str, *depends_on: str, tags: str = "pytest") -> None:
        """Write a small Python project that depends on others."""
        uses = f"dependsOn: [{', '.join(depends_on)}]\n" if depends_on else ""
        self.write(f"packages/{name}/moon.yml", f"language: python\ntags: [{tags}]\n{uses}")
        self.write(f"packages/{name}/pyproject.toml", f'[project]\nname = "{name}"\n')
        self.write(f"packages/{name}/src/{name}.py", "ANSWER = 42\n")
        self.write(f"packages/{name}/tests/test_{name}.py", "def test_it() -> None: ...\n")

    def commit(self) -> None:
        """Commit everything there is."""
        self.run("git", "add", "--all")
        self.run("git", *_AUTHOR, "commit", "--quiet", "--allow-empty", "-m", "state")

    def run(
        self, *words: str, check: bool = True, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the root; both outputs come as text."""
        done = subprocess.run(
            words,
            cwd=self.root,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert not check or done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done

    def moon(
        self, *words: str, check: bool = True, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run moon."""
        return self.run("moon", *words, check=check, **environ)

    def moonpool(
        self, *words: str, check: bool = True, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the real moonpool, whatever the tasks run."""
        return self.run(sys.executable, "-m", "moonpool", *words, check=check, **environ)

    def calls(self) -> list[str]:
        """Return `target|arguments|MOONPOOL_WORKERS|folder` of each call since the last look."""
        file = self.root / ".moonpool" / "calls"
        found = sorted(file.read_text().splitlines())
        file.write_text("")
        return found

    def tested(self) -> list[str]:
        """Return the targets whose tests ran since the last look."""
        return [
            call.split("|")[0] for call in self.calls() if call.split("|")[1] != "coverage combine"
        ]


def moon_workspace(root: Path, *, real: bool = False) -> MoonWorkspace:
    """Return a new workspace with a root project and moonpool's templates, not yet committed."""
    root.mkdir(parents=True, exist_ok=True)
    programs = root.parent / f"{root.name}-programs"
    programs.mkdir()
    if not real:
        stand_in = programs / "moonpool"
        stand_in.write_text(_STAND_IN)
        stand_in.chmod(0o755)
    workspace = MoonWorkspace(root, _environ(programs))
    workspace.write(".moon/workspace.yml", _CONFIG)
    workspace.write("moon.yml", "tags: [moonpool-root]\n")
    workspace.write(".gitignore", ".moonpool/\n.moon/cache/\n__pycache__/\n")
    workspace.write(".moonpool/calls", "")
    workspace.run("git", "init", "--quiet", "--initial-branch", "main")
    workspace.moonpool("init", "--runner", "path")
    return workspace


def _environ(programs: Path) -> dict[str, str]:
    """Return our environment without what an outer moon or CI says, and with our programs first."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MOON", "PYTEST", "GITHUB", "COV", "PROTO")) and name != "CI"
    }
    own = REPOSITORY / "node_modules" / ".bin"
    moon = shutil.which("moon") or shutil.which("moon", path=str(own))
    assert moon is not None, f"found no moon on PATH or in {own}: run `npm ci`"
    python = sysconfig.get_path("scripts")
    places = (str(programs), str(Path(moon).parent), python, kept.get("PATH", os.defpath))
    return {**kept, **FEWER_PLUGINS, "PATH": os.pathsep.join(places), "NO_COLOR": "1"}
