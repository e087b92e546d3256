"""A project's share of what other tools counted: made when combining, read again for reports.

It is kept as lcov under the workspace's names, whatever it was read from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from moonpool.coverage.combined import not_combined
from moonpool.coverage.foreign.error import InputError
from moonpool.coverage.foreign.hits import HitCounts, total
from moonpool.coverage.foreign.lcov import parse_lcov, record
from moonpool.coverage.workspace import owner_of
from moonpool.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from pathlib import Path

    from moonpool.coverage.combined import Combined, CombinedProject
    from moonpool.coverage.foreign.inputs import Inputs
    from moonpool.coverage.workspace import ProjectInput
    from moonpool.errors import MoonpoolError

__all__ = ["ForeignShare", "foreign_shares", "read_foreign_shares", "write_foreign_shares"]


@dataclass(frozen=True)
class ForeignShare:
    """What other tools counted of a project's files, which lie below ``root``.

    ``problems`` are sentences about files of which nothing can be told.
    """

    project: CombinedProject
    root: Path
    files: Mapping[str, HitCounts]
    problems: tuple[str, ...] = ()

    @property
    def branches(self) -> bool:
        """Whether branches were counted in any file."""
        return any(counts.branches for counts in self.files.values())


def foreign_shares(
    projects: Sequence[ProjectInput], told: Mapping[str, Inputs], measured: Container[str]
) -> dict[str, dict[str, HitCounts]]:
    """Return, by project id, what anybody's files tell of the files that belong to that project.

    ``told`` is by project id. A file that coverage.py ``measured`` is left out, since it would
    count twice; one in no project's folder belongs to the project whose data tells of it.
    """
    parts: dict[str, dict[str, list[HitCounts]]] = {}
    for teller in sorted(told):
        for path, counts in told[teller].files.items():
            if path not in measured:
                owner = owner_of(path, projects)
                files = parts.setdefault(owner.id if owner else teller, {})
                files.setdefault(path, []).append(counts)
    return {
        owner: {path: total(files[path]) for path in sorted(files)}
        for owner, files in sorted(parts.items())
    }


def write_foreign_shares(folder: Path, shares: Mapping[str, Mapping[str, HitCounts]]) -> None:
    """Keep all shares in the folder of combined data, and nothing of an earlier time."""
    for project_id, files in shares.items():
        text = "".join(record(path, counts) for path, counts in files.items())
        write_whole(_file(folder, project_id), text)
    current = {_file(folder, project_id) for project_id in shares}
    for left in set(folder.glob("foreign/*")) - current:
        left.unlink()


def read_foreign_shares(
    combined: Combined, projects: Sequence[CombinedProject], workspace_root: Path
) -> tuple[list[ForeignShare], list[MoonpoolError]]:
    """Return what was kept of ``projects``; shares that cannot be read are given as errors."""
    found = []
    errors = []
    for project in projects:
        if project.foreign:
            try:
                text = _file(combined.folder, project.id).read_text(encoding="utf-8")
                found.append(_present(project, parse_lcov(text), workspace_root))
            except (OSError, UnicodeDecodeError, InputError):
                errors.append(not_combined(f"combined data of `{project.id}`"))
    return found, errors


def _file(folder: Path, project_id: str) -> Path:
    return folder / "foreign" / f"{quote(project_id, safe='')}.info"


def _present(project: CombinedProject, files: Mapping[str, HitCounts], root: Path) -> ForeignShare:
    lengths = {path: _length(root / path) for path in files}
    gone = sum(length is None for length in lengths.values())
    kept = {
        path: counts
        for path, counts in files.items()
        if (length := lengths[path]) is not None and counts.last_line <= length
    }
    changed = len(files) - len(kept) - gone
    problems = []
    if gone:
        problems.append(f"{gone} measured {'file is' if gone == 1 else 'files are'} gone from disk")
    if changed:
        # Line numbers mean nothing for another text, and these prove that it is one.
        word = "file has" if changed == 1 else "files have"
        problems.append(f"{changed} measured {word} fewer lines than when the tests ran")
    return ForeignShare(project, root, kept, tuple(problems))


def _length(path: Path) -> int | None:
    try:
        # Some tools count what follows the last line end as a line.
        return path.read_bytes().count(b"\n") + 1
    except OSError:
        return None
