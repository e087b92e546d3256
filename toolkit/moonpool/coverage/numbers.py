"""How much ran: the counts of a file, a project or the workspace, and the percentage they make."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FileNumbers", "Numbers", "ProjectNumbers", "WorkspaceNumbers"]


@dataclass(frozen=True)
class Numbers:
    """Counts as coverage.py counts them; ``partial`` are missing branches of lines that ran."""

    statements: int = 0
    missing: int = 0
    excluded: int = 0
    branches: int = 0
    partial: int = 0
    missing_branches: int = 0

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(
            self.statements + other.statements,
            self.missing + other.missing,
            self.excluded + other.excluded,
            self.branches + other.branches,
            self.partial + other.partial,
            self.missing_branches + other.missing_branches,
        )

    @property
    def percent(self) -> float:
        """The share of statements and branches that ran; 100 of nothing, as in coverage.py."""
        possible = self.statements + self.branches
        ran = possible - self.missing - self.missing_branches
        return 100.0 * ran / possible if possible else 100.0

    def percent_text(self, precision: int) -> str:
        """Return the percentage rounded, but ``0`` and ``100`` only where that is exact."""
        step = 10.0**-precision
        percent = self.percent
        if 0 < percent < 100:
            percent = min(max(round(percent, precision), step), 100 - step)
        return f"{percent:.{precision}f}"


@dataclass(frozen=True)
class FileNumbers:
    """One file by its name in the workspace; ``missing`` says what did not run, for people."""

    path: str
    numbers: Numbers
    missing: str


@dataclass(frozen=True)
class ProjectNumbers:
    """One project; ``note`` says what is wrong with its data, ``measured`` whether there is any.

    ``expected`` is False where there is none because the project does not measure coverage,
    ``declared`` whether the workspace's configuration names data of other tools, and ``whole`` is
    False where some of that is not known. With ``parted`` data of a part of its tests, more may
    have run than is counted.
    """

    id: str
    source: str
    note: str
    measured: bool
    branches: bool
    files: tuple[FileNumbers, ...] = ()
    expected: bool = True
    declared: bool = False
    whole: bool = True
    parted: bool = False

    @property
    def numbers(self) -> Numbers:
        """The sum over its files."""
        return sum((file.numbers for file in self.files), Numbers())


@dataclass(frozen=True)
class WorkspaceNumbers:
    """All projects, with as many decimals as the most precise of them asked for."""

    projects: tuple[ProjectNumbers, ...]
    precision: int

    @property
    def total(self) -> Numbers:
        """The sum over all projects."""
        return sum((project.numbers for project in self.projects), Numbers())

    @property
    def branches(self) -> bool:
        """Whether any project measures branches."""
        return any(project.branches for project in self.projects)
