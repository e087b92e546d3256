"""Our files in a workspace's `.moon/tasks/moonpool/`: what has to happen to each, and doing it.

The plan is pure; nothing is written unless all of it can be done. A person's edit is lost only
when they say so.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.files import write_whole
from moonpool.moon.rendering import Header, read_header

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moonpool.moon.runner import Runner
    from moonpool.moon.workspace import Workspace

__all__ = ["FOLDER", "Step", "Verdict", "apply", "plan", "read_vendored", "recorded_runner"]

FOLDER = ".moon/tasks/moonpool"


class Verdict(enum.StrEnum):
    """How a file stands to the one that this moonpool would write."""

    CREATE = "create"
    UNCHANGED = "unchanged"
    OUTDATED = "outdated"  # Ours and untouched, of another version, moon or runner.
    SURPLUS = "surplus"  # Ours and untouched, under a name that this moon does not want.
    EDITED = "edited by hand"
    NEWER = "of a newer moonpool"
    FOREIGN = "not written by moonpool"

    @property
    def refused(self) -> bool:
        """Whether only a person may decide to lose the file's text."""
        return self in (Verdict.EDITED, Verdict.NEWER, Verdict.FOREIGN)


@dataclass(frozen=True)
class Step:
    """One file: its posix path in the workspace, its text now, and the text it should have.

    ``wanted`` is None for a file that should not be there.
    """

    path: str
    verdict: Verdict
    found: str | None
    wanted: str | None

    def acts(self, *, upgrade: bool, overwrite: bool) -> bool:
        """Whether the file would be changed under these options."""
        if self.verdict in (Verdict.OUTDATED, Verdict.SURPLUS):
            return upgrade or overwrite
        return self.verdict is Verdict.CREATE or (self.verdict.refused and overwrite)


def plan(wanted: Mapping[str, str], found: Mapping[str, str], *, version: str) -> tuple[Step, ...]:
    """Return one step for each file, by path; both mappings are path -> text.

    A foreign file that is in nobody's way is left out.
    """
    steps = [_step(path, found.get(path), text, version) for path, text in wanted.items()]
    for path in found.keys() - wanted.keys():
        header = read_header(found[path])
        if header is not None:
            verdict = Verdict.SURPLUS if header.untouched else Verdict.EDITED
            steps.append(Step(path, verdict, found[path], None))
    return tuple(sorted(steps, key=lambda step: step.path))


def _step(path: str, found: str | None, wanted: str, version: str) -> Step:
    if found is None:
        return Step(path, Verdict.CREATE, None, wanted)
    if found == wanted:
        return Step(path, Verdict.UNCHANGED, found, wanted)
    return Step(path, _verdict(read_header(found), version), found, wanted)


def _verdict(header: Header | None, version: str) -> Verdict:
    if header is None:
        return Verdict.FOREIGN
    if not header.untouched:
        return Verdict.EDITED
    return Verdict.NEWER if _order(header.version) > _order(version) else Verdict.OUTDATED


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def read_vendored(workspace: Workspace) -> dict[str, str]:
    """Return path -> text of every file in our folder."""
    folder = workspace.root / FOLDER
    return {
        file.relative_to(workspace.root).as_posix(): file.read_text("utf-8", errors="replace")
        for file in sorted(folder.glob("*.yml"))
    }


def recorded_runner(found: Mapping[str, str]) -> Runner | None:
    """Return the runner that the vendored files were written for, if there are any."""
    headers = (read_header(text) for _, text in sorted(found.items()))
    return next((header.runner for header in headers if header and header.runner), None)


def apply(workspace: Workspace, steps: Sequence[Step], *, upgrade: bool, overwrite: bool) -> None:
    """Write and remove the files of all steps that these options let act."""
    for step in steps:
        if not step.acts(upgrade=upgrade, overwrite=overwrite):
            continue
        file = workspace.root / step.path
        if step.wanted is None:
            file.unlink()
        else:
            write_whole(file, step.wanted)
