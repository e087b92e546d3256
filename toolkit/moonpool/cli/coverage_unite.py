"""`moonpool coverage unite`: one data file of many, such as those of a project's CI shards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from moonpool.cli.output import print_error, print_note
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import rename
from moonpool.coverage.finding import data_files, files_beside
from moonpool.coverage.gather import gather, worthwhile
from moonpool.coverage.origin import Origin
from moonpool.coverage.parts import SOME, lacking_text
from moonpool.coverage.paths import remapping
from moonpool.coverage.project import note
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moonpool.coverage.gather import DamagedFile
    from moonpool.coverage.parts import Parts

__all__ = ["unite"]


@click.command("unite")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(".moonpool", "coverage"),
    help="Write the data to this file instead of `.moonpool/coverage`.",
)
def unite(paths: tuple[Path, ...], output: Path) -> int:
    """Unite data files of one project, such as its shards', into one.

    PATHS are data files, or folders in which they are looked for; without any it is this folder
    alone. They are left as they are.
    """
    files = data_files(paths, output) if paths else files_beside(Path(), output)
    found = gather(files, processes=_processes(files))
    if found.contradicted:
        raise _of_two_minds(found.contradicted)
    if len(found.projects) > 1:
        raise _of_two_projects(found.projects)
    if found.mixed:
        print_note(
            "some files have no branches: what ran there counts as run, its jumps as unknown"
        )
    if found.files:
        executed, _ = rename(found.executed, _names(Path.cwd()))
        origin = Origin(next(iter(found.projects), None), found.parts)
        write_data_file(output, executed, complete=lambda aside: note(aside, found.sources, origin))
        print_note(f"united {found.files} data files in {output}")
        _say_what_lacks(found.parts)
    for entry in found.damaged:
        print_error(_unreadable(entry))
    return ExitCode.COVERAGE if found.damaged else ExitCode.OK


def _processes(files: Sequence[Path]) -> int:
    most = worthwhile(files)
    if most == 1:
        return 1
    from moonpool.machine import read_machine

    return min(most, max(1, int(read_machine().cpus)))


def _names(folder: Path) -> Callable[[str], str]:
    remap = remapping(folder)

    def name(path: str) -> str:
        mapped = Path(remap(path))
        # As in a project's own file, so that the result can be moved.
        inside = mapped.is_relative_to(folder)
        return mapped.relative_to(folder).as_posix() if inside else str(mapped)

    return name


def _say_what_lacks(parts: Parts) -> None:
    if parts == {SOME}:
        print_note("these are parts of a project's tests: with `MOONPOOL_SHARD` they say how many")
    elif parts:
        print_note(f"it is {lacking_text(parts)}")


def _of_two_projects(folders: tuple[str, ...]) -> MoonpoolError:
    return MoonpoolError(
        f"found data of {', '.join(f'`{folder}`' for folder in folders)}, expected one project's",
        hint="`moonpool coverage combine PATHS` sorts data by project",
        slug="coverage-two-projects",
        exit_code=ExitCode.COVERAGE,
    )


def _of_two_minds(names: tuple[str, ...]) -> MoonpoolError:
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return MoonpoolError(
        f"found data about different versions of `{names[0]}`{others}, expected one commit's",
        hint="leave out the data of other commits, or run their tests again",
        slug="coverage-stale",
        exit_code=ExitCode.COVERAGE,
    )


def _unreadable(entry: DamagedFile) -> MoonpoolError:
    return MoonpoolError(
        f"`{entry.path}` {entry.reason}",
        hint="run the tests that wrote it again, or leave it out",
        slug="coverage-data-unreadable",
        exit_code=ExitCode.COVERAGE,
    )
