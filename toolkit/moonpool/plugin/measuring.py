"""The coverage of one run: measured in every process, written as the project's one file."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moonpool.plugin.names import COVERAGE_FOLDER, COVERAGE_PROJECT
from moonpool.run import open_scratch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from moonpool.config import Places
    from moonpool.coverage import Measurement
    from moonpool.coverage.project import ProjectData
    from moonpool.run import Scratch

__all__ = ["RunCoverage"]


@dataclass
class RunCoverage:
    """The measurement of this process, its workers and their children, until it is written.

    ``foreign_data`` is the file of another measurer (pytest-cov) that was active instead;
    ``told`` is called with the ``seconds`` that writing the data took.
    """

    places: Places
    scratch: Scratch
    measurement: Measurement | None
    partial: bool = False
    foreign_data: Path | None = field(default=None)
    told: Callable[..., None] | None = None

    @classmethod
    def start(cls, places: Places) -> RunCoverage:
        """Begin to measure this process; the project's own configuration says what."""
        from moonpool.coverage import start

        scratch = open_scratch(places.own_folder)
        return cls(places, scratch, start(places.project_root, scratch.folder, "main"))

    @property
    def notes(self) -> tuple[str, ...]:
        """What measures, and why."""
        return () if self.measurement is None else (self.measurement.core.reason,)

    def export(self) -> None:
        """Let the workers that this process starts measure too."""
        if self.measurement is not None:
            os.environ[COVERAGE_FOLDER] = str(self.scratch.folder)
            os.environ[COVERAGE_PROJECT] = str(self.places.project_root)

    def abandon(self) -> None:
        """Leave measuring to somebody else."""
        if self.measurement is not None:
            self.measurement.abandon()
            self.measurement = None

    def finish(self) -> tuple[str, ...]:
        """Write the project's data and remove the run's folder; return what a person should know.

        A run that left tests out goes to a file of its own: moon would take the project's file
        for the outcome of the whole task.
        """
        began = time.perf_counter()
        notes = self._finish()
        if self.told is not None:
            self.told(seconds=round(time.perf_counter() - began, 4))
        return notes

    def _finish(self) -> tuple[str, ...]:
        from moonpool.coverage.project import adopt, write_project_data

        output = self.places.own_folder / ("coverage-partial" if self.partial else "coverage")
        project_root, workspace_root = self.places.project_root, self.places.workspace_root
        try:
            if self.measurement is not None:
                self.measurement.finish()
                return _notes(
                    write_project_data(
                        project_root, self.scratch.folder, output, workspace_root=workspace_root
                    )
                )
            if self.foreign_data is not None and self.foreign_data.is_file():
                return _notes(
                    adopt(project_root, self.foreign_data, output, workspace_root=workspace_root)
                )
            output.unlink(missing_ok=True)
            return ()
        finally:
            self.scratch.close()


def _notes(data: ProjectData) -> tuple[str, ...]:
    damaged = [f"coverage data `{file.path.name}` {file.reason}" for file in data.damaged]
    killed = [
        f"`{process}` was killed: what it ran after its last finished file is not in the coverage"
        for process in data.unfinished
    ]
    return (*damaged, *killed)
