"""The coverage of one run: measured in every process, written as the project's one file."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.coverage.parts import SOME
from moonpool.plugin.names import COVERAGE_CONTEXTS, COVERAGE_FOLDER, COVERAGE_PROJECT
from moonpool.run import open_scratch

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from moonpool.config import Places
    from moonpool.coverage.measure import Measurement
    from moonpool.coverage.parts import Parts
    from moonpool.coverage.project import ProjectData
    from moonpool.run import Scratch

__all__ = ["RunCoverage"]


@dataclass
class RunCoverage:
    """The measurement of this process, its workers and their children, until it is written.

    ``foreign_data`` is the file of another measurer (pytest-cov) that was active instead;
    ``told`` is called with the ``seconds`` that writing the data took. ``parts`` are those of the
    project's tests that have run to their end; ``partial`` data go to a file of their own.
    """

    places: Places
    scratch: Scratch
    measurement: Measurement | None
    partial: bool = False
    parts: Parts = frozenset({SOME})
    foreign_data: Path | None = field(default=None)
    told: Callable[..., None] | None = None

    @classmethod
    def start(cls, places: Places, *, contexts: bool) -> RunCoverage:
        """Begin to measure this process; the project's own configuration says what."""
        from moonpool.coverage.measure import start

        scratch = open_scratch(places.own_folder)
        measurement = start(places.project_root, scratch.folder, "main", contexts=contexts)
        return cls(places, scratch, measurement)

    def join(self, config: pytest.Config, *, distributes: bool) -> tuple[str, ...]:
        """Take part in a run as it needs it; return what measures, and why.

        Where pytest-cov measures or was told not to, nothing of ours stays.
        """
        options = config.known_args_namespace
        if getattr(options, "cov_source", None) or getattr(options, "no_cov", None):
            self.abandon()
        if self.measurement is None:
            return ()
        if distributes:
            self.export()
        else:
            # This module is imported before pytest is, which the project may be measuring.
            from moonpool.plugin.worker import FileBoundary

            config.pluginmanager.register(FileBoundary(self.measurement))
        return (self.measurement.core.reason,)

    def look_for_others(self, config: pytest.Config) -> None:
        """Note the file of a pytest-cov that measured in this run."""
        controller = getattr(config.pluginmanager.get_plugin("_cov"), "cov_controller", None)
        measured = getattr(controller, "cov", None)
        if measured is not None:
            self.foreign_data = Path(measured.get_option("run:data_file")).absolute()

    def export(self) -> None:
        """Let the workers that this process starts measure too."""
        if self.measurement is not None:
            os.environ[COVERAGE_FOLDER] = str(self.scratch.folder)
            os.environ[COVERAGE_PROJECT] = str(self.places.project_root)
            if self.measurement.contexts:
                os.environ[COVERAGE_CONTEXTS] = "test"

    def forget(self) -> None:
        """Leave it to the process that this one is a copy of."""
        if self.measurement is not None:
            self.measurement.forget()
        self.scratch.lock.close()

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
        if self.measurement is not None:
            notes += self._what_it_is_of()
        if self.told is not None:
            self.told(seconds=round(time.perf_counter() - began, 4))
        return notes

    def _what_it_is_of(self) -> tuple[str, ...]:
        if self.partial:
            return ("coverage of this selection is in `.moonpool/coverage-partial`",)
        shards = sorted(self.parts - {SOME})
        return tuple(f"coverage of shard {shard} is in `.moonpool/coverage`" for shard in shards)

    def _finish(self) -> tuple[str, ...]:
        from moonpool.coverage.project import adopt, write_project_data

        output = self.places.own_folder / ("coverage-partial" if self.partial else "coverage")
        project_root, workspace_root = self.places.project_root, self.places.workspace_root
        try:
            if self.measurement is not None:
                self.measurement.finish()
                return _notes(
                    write_project_data(
                        project_root,
                        self.scratch.folder,
                        output,
                        workspace_root=workspace_root,
                        parts=self.parts,
                    )
                )
            if self.foreign_data is not None and self.foreign_data.is_file():
                return _notes(
                    adopt(
                        project_root,
                        self.foreign_data,
                        output,
                        workspace_root=workspace_root,
                        parts=self.parts,
                    )
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
    installed = [
        f"measured files of installed packages are not in the coverage, such as `{path}`; "
        "`[paths]` of coverage.py maps them to their sources"
        for path in data.installed[:1]
    ]
    return (*damaged, *killed, *installed)
