"""Which tests run a line: the contexts in which a statement of a file ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.coverage.combined import read_share
from moonpool.coverage.foreign import read_foreign_shares
from moonpool.coverage.statements import statements_of
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moonpool.coverage.combined import Combined
    from moonpool.coverage.executed import FileRun

__all__ = ["contexts_of"]


def contexts_of(combined: Combined, root: Path, path: str, line: int) -> tuple[str, ...]:
    """Return the contexts that ran a line, sorted; the empty one is outside of any test.

    ``path`` is the workspace's name of the file. A line in the middle of a statement is the
    statement's. Raises MoonpoolError for a file that was not measured, or not by test.
    """
    run = _run_of(combined, path)
    if run is None:
        raise _unknown(combined, root, path)
    if not any((*run.lines, *run.arcs)):
        raise MoonpoolError(
            f"found no tests in the data of `{path}`: they were measured as one",
            hint="run the tests with `MOONPOOL_CONTEXTS=test`, then `moonpool coverage combine`",
            slug="coverage-no-contexts",
            exit_code=ExitCode.COVERAGE,
        )
    file = root / path
    source = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    return tuple(sorted(_ran_in(run, statements_of(source, [line]))))


def _run_of(combined: Combined, path: str) -> FileRun | None:
    for project in combined.projects:
        if project.share and (run := read_share(combined, project).files.get(path)):
            return run
    return None


def _unknown(combined: Combined, root: Path, path: str) -> MoonpoolError:
    shares, _ = read_foreign_shares(combined, combined.projects, root)
    if any(path in share.files for share in shares):
        return MoonpoolError(
            f"found no tests in the data of `{path}`: another tool counted it, without their names",
            hint="`moonpool coverage report --format html` shows how often each line ran",
            slug="coverage-no-contexts",
            exit_code=ExitCode.COVERAGE,
        )
    return MoonpoolError(
        f"found no data of `{path}`, expected a measured file",
        hint="run `moonpool coverage report --files` to see the measured files",
        slug="coverage-not-measured",
        exit_code=ExitCode.COVERAGE,
    )


def _ran_in(run: FileRun, lines: set[int]) -> Iterator[str]:
    for context, bits in run.lines.items():
        if any(bits >> line & 1 for line in lines):
            yield context
    for context, arcs in run.arcs.items():
        if any(line in arc for arc in arcs for line in lines):
            yield context
