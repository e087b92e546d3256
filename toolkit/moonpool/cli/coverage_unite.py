"""`moonpool coverage unite`: one data file of many, such as those of a project's CI shards."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moonpool.cli.output import print_error, print_note
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import rename
from moonpool.coverage.gather import gather, worthwhile
from moonpool.coverage.paths import remapping
from moonpool.coverage.sources import note_sources
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from moonpool.coverage.gather import DamagedFile

__all__ = ["unite"]

# Names that coverage.py and moonpool give to data, and the reports that may lie beside it.
_DATA_NAME = re.compile(r"\.?coverage([.-].*)?")
_REPORT_ENDINGS = (".html", ".info", ".json", ".lcov", ".toml", ".xml")


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
    files = _data_files(paths, output) if paths else _beside(Path(), output)
    if not files:
        raise _nothing(paths or (Path.cwd(),))
    found = gather(files, processes=_processes(files))
    if found.contradicted:
        raise _of_two_minds(found.contradicted)
    if found.mixed:
        print_note(
            "some files have no branches: what ran there counts as run, its jumps as unknown"
        )
    if found.files:
        executed, _ = rename(found.executed, _names(Path.cwd()))
        write_data_file(output, executed, complete=lambda aside: note_sources(aside, found.sources))
        print_note(f"united {found.files} data files in {output}")
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


def _data_files(paths: Iterable[Path], output: Path) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += _below(path, output) if path.is_dir() else [path]
    return found


def _below(folder: Path, output: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        yield from _of_data(Path(place), sorted(names), output)


def _beside(folder: Path, output: Path) -> list[Path]:
    return list(_of_data(folder, sorted(path.name for path in folder.iterdir()), output))


def _of_data(folder: Path, names: Iterable[str], output: Path) -> Iterator[Path]:
    for name in names:
        path = folder / name
        is_data = _DATA_NAME.fullmatch(name) and not name.endswith(_REPORT_ENDINGS)
        if is_data and path.is_file() and path.absolute() != output.absolute():
            yield path


def _nothing(paths: Iterable[Path]) -> MoonpoolError:
    return MoonpoolError(
        f"found no data files in {', '.join(f'`{path}`' for path in paths)}",
        hint="name files, or a folder that holds some called `.coverage…` or `coverage…`",
        slug="coverage-nothing-to-unite",
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
