"""Shards on machines of their own, and a last job that combines what they left."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.support.moon import REPOSITORY, MoonWorkspace, moon_workspace

if TYPE_CHECKING:
    from pathlib import Path

SHARDS = 3
TESTS = "packages/core/tests"


def _checkout(root: Path) -> MoonWorkspace:
    """Return a workspace with one of the examples."""
    workspace = moon_workspace(root, real=True)
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    shutil.copytree(
        REPOSITORY / "examples" / "core", workspace.root / "packages" / "core", ignore=ignored
    )
    workspace.commit()
    return workspace


def _machine(workspace: MoonWorkspace, root: Path) -> MoonWorkspace:
    """Return another machine's checkout of the same commit."""
    shutil.copytree(workspace.root, root)
    return MoonWorkspace(root, workspace.environ)


def _test(machine: MoonWorkspace, *tests: str, shard: str = "") -> Path:
    root = machine.root / "packages" / "core"
    words = ("env", "-C", str(root), "moonpool", "test", "-q", "-n", "0", *tests)
    # Before the editable installs of this repository's own examples.
    machine.run(*words, MOONPOOL_SHARD=shard, PYTHONPATH=str(root / "src"))
    return root / ".moonpool" / "coverage"


def _combined(workspace: MoonWorkspace, *paths: str) -> dict[str, bytes]:
    workspace.moonpool("coverage", "combine", *paths, "--format", "xml")
    folder = workspace.root / ".moonpool" / "combined"
    return {name: (folder / name).read_bytes() for name in ("coverage", "projects/core.coverage")}


def test_three_machines_leave_what_one_does(tmp_path: Path) -> None:
    last = _checkout(tmp_path / "last")
    machines = [_machine(last, tmp_path / f"machine-{n}") for n in range(1, SHARDS + 1)]
    whole = _test(last)
    expected = _combined(last)
    before = whole.read_bytes()
    whole.unlink()
    for number, machine in enumerate(machines, 1):
        tests = sorted((machine.root / TESTS).glob("test_*.py"))[number - 1 :: SHARDS]
        left = _test(machine, *map(str, tests), shard=f"{number}/{SHARDS}")
        artifact = last.root / "shards" / f"coverage-{number}" / "coverage"
        artifact.parent.mkdir(parents=True)
        shutil.copy(left, artifact)
    assert _combined(last, "shards") == expected
    assert not whole.exists()
    last.moonpool("coverage", "unite", "shards", "--output", str(whole))
    assert whole.read_bytes() == before
