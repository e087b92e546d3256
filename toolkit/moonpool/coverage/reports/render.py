"""Lets coverage.py write a report of each project and hands the texts on."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from coverage import Coverage

    from moonpool.coverage.analysis import Analysed

__all__ = ["quiet", "rendered"]


def rendered(found: Sequence[Analysed], render: Callable[[Coverage, str], object]) -> Iterator[str]:
    """Yield what ``render`` writes to the file that it is given, project by project.

    Projects of which no file is left to report are passed over.
    """
    with tempfile.TemporaryDirectory(prefix="moonpool-coverage-") as scratch:
        path = Path(scratch, "report")
        for analysed in found:
            if analysed.record["files"]:
                quiet(render, analysed.coverage, str(path))
                yield path.read_text(encoding="utf-8")


def quiet(render: Callable[[Coverage, str], object], coverage: Coverage, target: str) -> None:
    """Render one report without the warnings that the analysis has already passed on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        render(coverage, target)
