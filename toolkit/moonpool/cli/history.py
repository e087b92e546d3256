"""`moonpool history`: what is known of the current project's tests, and how to carry it around."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moonpool.cli.output import print_json, print_lines, print_note
from moonpool.config import find_places, find_project_root
from moonpool.errors import ExitCode, MoonpoolError
from moonpool.history import (
    add_history,
    forget,
    load_history,
    read_history,
    start_cost,
)
from moonpool.history.summary import summarise
from moonpool.journal import prune as prune_journals
from moonpool.machine import machine_class
from moonpool.units import format_bytes, format_seconds

if TYPE_CHECKING:
    from moonpool.config import Places
    from moonpool.history import History
    from moonpool.history.summary import FileSummary

__all__ = ["command"]

_JSON_VERSION = 1
_TITLES = ("seconds", "tests", "runs", "CPUs", "memory", "file")


@click.group("history")
def command() -> None:
    """Show, carry and prune what earlier runs of this project taught."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(as_json: bool) -> None:
    """Show what is known of each test file and of the start of workers on this machine."""
    places, known = _known()
    machine = machine_class(root=Path(os.environ.get("MOONPOOL_MACHINE_ROOT") or "/"))
    files = summarise(known, machine)
    if as_json:
        start = start_cost(known, machine)._asdict()
        rows = [file._asdict() for file in files]
        content = {"project": places.project, "machine": machine, "start": start, "files": rows}
        print_json(_JSON_VERSION, content)
    elif files:
        print_lines("\n".join([*_table(files), "", _summary(known, machine, files)]))
    else:
        print_lines(f"nothing is known of `{places.project}`: run `moonpool test`")


@command.command()
def export() -> None:
    """Write the history to stdout, for `moonpool history import` on another machine."""
    places, _ = _known()
    try:
        print_lines(places.history_file.read_text(encoding="utf-8").rstrip("\n"))
    except FileNotFoundError:
        raise _unreadable(places.history_file, "there is none yet", "run `moonpool test`") from None


@command.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_(paths: tuple[Path, ...]) -> None:
    """Add what other histories of this project know; `-` reads stdin."""
    places, _ = _known()
    for path in paths:
        other = _read(path)
        if not add_history(places.history_file, other):
            hint = "use the newer moonpool here too, or delete the file"
            raise _unreadable(places.history_file, "it is of another version", hint)
        print_note(f"`{path}` knows {len(other.files)} test files")


@command.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def prune(dry_run: bool) -> None:
    """Forget test files that are gone, and remove old journals."""
    places, known = _known()
    gone = sorted(name for name in known.files if not (places.project_root / name).exists())
    if gone:
        print_lines("\n".join(gone))
    if not dry_run:
        forget(places.history_file, gone)
        prune_journals(places.journal_folder)


def _known() -> tuple[Places, History]:
    places = find_places(find_project_root(Path.cwd()), os.environ)
    known = load_history(places.history_file)
    if known.note is not None:
        print_note(known.note)
    return places, known


def _read(path: Path) -> History:
    hint = "`moonpool history export` writes such a file"
    try:
        text = click.open_file(str(path), encoding="utf-8", errors="replace").read()
    except OSError as error:
        raise _unreadable(path, (error.strerror or str(error)).lower(), hint) from None
    known = read_history(text, str(path))
    if not known.files:
        raise _unreadable(path, known.note or "it knows no test file", hint)
    if known.note is not None:
        print_note(known.note)
    return known


def _unreadable(path: Path, reason: str, hint: str) -> MoonpoolError:
    return MoonpoolError(
        f"the history `{path}` cannot be used: {reason}",
        hint=hint,
        slug="history-unusable",
        exit_code=ExitCode.CONFIG,
    )


def _table(files: tuple[FileSummary, ...]) -> list[str]:
    rows = [_TITLES, *map(_row, files)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES) - 1)]
    return [
        "  ".join([*(cell.rjust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]


def _row(file: FileSummary) -> tuple[str, ...]:
    memory = format_bytes(file.peak_bytes) if file.peak_bytes else "?"
    cells: tuple[Any, ...] = (file.tests, file.runs, f"{file.cpus:.2f}", memory, file.file)
    return (format_seconds(file.seconds), *map(str, cells))


def _summary(known: History, machine: str, files: tuple[FileSummary, ...]) -> str:
    total = format_seconds(sum(file.seconds for file in files))
    start = start_cost(known, machine)
    how = "measured" if start.measured else "estimated"
    each = format_seconds(start.worker_seconds)
    once = format_seconds(max(0.0, start.fixed_seconds))
    lines = [
        f"{len(files)} files, {sum(file.tests for file in files)} tests, {total} on {machine}",
        f"workers cost a run {once}, and each of them {each} of CPU to start ({how})",
    ]
    if others := sorted({file.machine for file in files} - {machine}):
        lines.append(f"from other machines: {', '.join(others)}")
    return "\n".join(lines)
