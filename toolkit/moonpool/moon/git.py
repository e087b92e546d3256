"""What git knows and ignores of a workspace."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moonpool.moon.workspace import Workspace

__all__ = ["has_commit", "missing_ignore_line"]


def missing_ignore_line(text: str) -> str | None:
    """Return what to append to a `.gitignore` so that it ignores our folders, if it does not."""
    lines = {line.strip() for line in text.splitlines()}
    if {".moonpool", ".moonpool/", "**/.moonpool", "**/.moonpool/"} & lines:
        return None
    return ("" if not text or text.endswith("\n") else "\n") + ".moonpool/\n"


def has_commit(workspace: Workspace) -> bool:
    """Whether moon can run here: outside of git it can, in a repository without a commit not."""
    if _git(workspace, "rev-parse", "--git-dir") != 0:
        return True
    return _git(workspace, "rev-parse", "--verify", "--quiet", "HEAD") == 0


def _git(workspace: Workspace, *words: str) -> int:
    try:
        done = subprocess.run(["git", *words], cwd=workspace.root, capture_output=True, check=False)
    except OSError:
        return 127
    return done.returncode
