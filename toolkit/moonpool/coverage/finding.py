"""Finds data files in folders, such as those that artifacts of CI jobs were unpacked into."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["data_files", "files_beside"]

# Names that coverage.py and moonpool give to data, and the reports that may lie beside it.
_DATA_NAME = re.compile(r"\.?coverage([.-].*)?")
_REPORT_ENDINGS = (".html", ".info", ".json", ".lcov", ".toml", ".xml")


def data_files(paths: Iterable[Path], leave_out: Path | None = None) -> list[Path]:
    """Return the files among ``paths`` and all data files below the folders among them.

    Raises MoonpoolError when there are none.
    """
    given = list(paths)
    found: list[Path] = []
    for path in given:
        found += _below(path, leave_out) if path.is_dir() else [path]
    if not found:
        raise _nothing(given)
    return found


def files_beside(folder: Path, leave_out: Path) -> list[Path]:
    """Return the data files that lie in ``folder`` itself; raises MoonpoolError for none."""
    found = list(_of_data(folder, (path.name for path in folder.iterdir()), leave_out))
    if not found:
        raise _nothing([folder.absolute()])
    return found


def _below(folder: Path, leave_out: Path | None) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        # What is below is of runs that were killed, and of what was combined before.
        folders[:] = [] if Path(place).name == ".moonpool" else sorted(folders)
        yield from _of_data(Path(place), names, leave_out)


def _of_data(folder: Path, names: Iterable[str], leave_out: Path | None) -> Iterator[Path]:
    for name in sorted(names):
        path = folder / name
        is_data = _DATA_NAME.fullmatch(name) and not name.endswith(_REPORT_ENDINGS)
        is_left_out = leave_out is not None and path.absolute() == leave_out.absolute()
        if is_data and path.is_file() and not is_left_out:
            yield path


def _nothing(paths: Iterable[Path]) -> MoonpoolError:
    return MoonpoolError(
        f"found no data files in {', '.join(f'`{path}`' for path in paths)}",
        hint="name files, or a folder that holds some called `.coverage…` or `coverage…`",
        slug="coverage-nothing-to-unite",
        exit_code=ExitCode.COVERAGE,
    )
