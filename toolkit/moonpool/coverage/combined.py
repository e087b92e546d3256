"""What combining left in the workspace's folder: values, where they lie, and how they are read.

The folder holds the combined data file, each project's share of it, and a manifest, so that reports
can be written later without the projects' own files.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from moonpool.coverage.datafile import DataFileError, read_data_file
from moonpool.coverage.parts import lacking_shards, lacking_text
from moonpool.errors import ExitCode, MoonpoolError
from moonpool.files import read_versioned_json, write_versioned_json

if TYPE_CHECKING:
    from moonpool.coverage.executed import Executed

__all__ = [
    "COMBINED_FOLDER",
    "Combined",
    "CombinedProject",
    "Lacking",
    "load_combined",
    "not_combined",
    "read_share",
    "share_file",
    "write_manifest",
]

COMBINED_FOLDER = Path(".moonpool", "combined")
_MANIFEST = "manifest.json"
_MANIFEST_VERSION = 3

_ABSENT = "is not there"

# Ends of tests after which data is there but not all that it could be.
_ENDS = {
    "failed": "its tests failed",
    "timed-out": "its tests ran out of time",
    "aborted": "its tests were stopped",
}


@dataclass(frozen=True)
class Lacking:
    """A data file that should be there and readable; ``reason`` is empty where it is not there.

    ``shard`` is one that another job left, and not the project's folder.
    """

    path: str
    reason: str = ""
    shard: bool = False


@dataclass(frozen=True)
class CombinedProject:
    """What is known of one project.

    ``data`` is "present", "missing" or "unreadable"; ``reason`` says why it is not present, and is
    empty otherwise. ``share`` is whether anybody's tests measured files of this project,
    ``foreign`` whether other tools did, ``declared`` whether the workspace's configuration names
    their files. ``parts`` are those of its tests that the data are of, none for all.
    """

    id: str
    source: str
    state: str
    data: str
    reason: str
    share: bool
    foreign: bool = False
    declared: bool = False
    lacking: tuple[Lacking, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def is_expected(self) -> bool:
        """Whether there should be data: its tests did not pass without leaving any."""
        ended_well = self.state in ("passed", "cached", "cached-from-remote")
        return self.declared or self.data != "missing" or not ended_well

    @property
    def is_whole(self) -> bool:
        """Whether nothing is lacking; what other projects' tests ran of it is not all of it."""
        known = self.data == "present" and not self.lacking and not self.parts
        return known or not self.is_expected

    @property
    def lacks_shards(self) -> str:
        """Which shards did not come: `without shard 2 of 3`; empty where none is known to lack."""
        parts = frozenset(self.parts)
        return lacking_text(parts) if lacking_shards(parts) else ""

    @property
    def note(self) -> str:
        """What a reader of the numbers must know about them; empty when all is well."""
        if self.data == "unreadable":
            return f"no data: its data file {self.reason}"
        if self.data == "missing":
            return f"no data: {self.reason}"
        without = [f"without `{file.path}`: it {file.reason or _ABSENT}" for file in self.lacking]
        lacking = lacking_text(frozenset(self.parts))
        return "; ".join(filter(None, [_ENDS.get(self.state), lacking, *without]))


@dataclass(frozen=True)
class Combined:
    """The workspace's coverage as ``combine`` wrote it below ``folder``.

    ``mixed`` says that some projects measure branches and some do not: the combined data file then
    has lines only, while the projects' shares keep their branches. ``outside`` counts files that
    were left out because they lie outside the workspace.
    """

    folder: Path
    projects: tuple[CombinedProject, ...]
    mixed: bool
    outside: int


def share_file(folder: Path, project_id: str) -> Path:
    """Return where a project's share lies; moon allows slashes in ids, file names do not."""
    return folder / "projects" / f"{quote(project_id, safe='')}.coverage"


def read_share(combined: Combined, project: CombinedProject) -> Executed:
    """Return what anybody's tests ran of a project, under the workspace's names."""
    path = share_file(combined.folder, project.id)
    try:
        return read_data_file(path)
    except (FileNotFoundError, DataFileError) as error:
        raise not_combined(f"combined data of `{project.id}`") from error


def write_manifest(combined: Combined) -> None:
    """Write down what was combined, for ``load_combined``."""
    write_versioned_json(
        combined.folder / _MANIFEST,
        _MANIFEST_VERSION,
        {
            "mixed": combined.mixed,
            "outside": combined.outside,
            "projects": [asdict(project) for project in combined.projects],
        },
    )


def load_combined(workspace_root: Path) -> Combined:
    """Return what the last ``combine`` wrote; raises MoonpoolError when there is nothing."""
    folder = workspace_root / COMBINED_FOLDER
    manifest: dict[str, Any] | None = read_versioned_json(folder / _MANIFEST, _MANIFEST_VERSION)
    if manifest is None:
        raise not_combined("combined coverage")
    projects = tuple(_project(**project) for project in manifest["projects"])
    return Combined(folder, projects, manifest["mixed"], manifest["outside"])


def _project(*, lacking: list[dict[str, Any]], parts: list[str], **known: Any) -> CombinedProject:
    files = tuple(Lacking(**file) for file in lacking)
    return CombinedProject(**known, lacking=files, parts=tuple(parts))


def not_combined(what: str) -> MoonpoolError:
    """Return the error for what ``combine`` has not written, or somebody has damaged since."""
    return MoonpoolError(
        f"found no readable {what} in `{COMBINED_FOLDER.as_posix()}`",
        hint="run `moonpool coverage combine`",
        slug="coverage-not-combined",
        exit_code=ExitCode.COVERAGE,
    )
