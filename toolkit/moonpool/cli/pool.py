"""`moonpool pool`: who holds this machine's workers and memory now."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moonpool.cli.output import print_json, print_lines
from moonpool.config import find_places, find_project_root, read_settings
from moonpool.errors import ExitCode, MoonpoolError
from moonpool.machine import read_machine
from moonpool.pool import (
    FOLDER_VARIABLE,
    Capacity,
    Pool,
    Snapshot,
    Standing,
    machine_capacity,
    open_pool,
    pool_key,
)
from moonpool.units import format_bytes, format_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["command"]

_JSON_VERSION = 1
_WATCH_SECONDS = 1.0

# Cursor to the corner, then erase from there on: redrawing in place does not flicker.
_REDRAW = "\x1b[H\x1b[J"

_TITLES = (
    "project",
    "checkout",
    "pid",
    "held",
    "wanted",
    "target",
    "cpus",
    "memory",
    "waiting",
)


@click.command("pool")
@click.option("--watch", is_flag=True, help="Show it again every second, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(watch: bool, as_json: bool) -> None:
    """Show who holds the machine's workers and memory now."""
    if watch and as_json:
        raise click.UsageError("`--watch` and `--json` exclude each other.")
    pool = _open(os.environ)
    if as_json:
        print_json(_JSON_VERSION, _as_json(pool, _look(pool)))
    elif watch:
        _watch(pool)
    else:
        print_lines(_as_text(_look(pool)))


def _open(environ: Mapping[str, str]) -> Pool:
    machine = read_machine(root=Path(environ.get("MOONPOOL_MACHINE_ROOT") or "/"))
    settings = read_settings(find_places(find_project_root(Path.cwd()), environ), environ)
    capacity = machine_capacity(machine, settings.reserve_bytes)
    return open_pool(capacity, pool_key(machine), environ=environ)


def _look(pool: Pool) -> Snapshot:
    try:
        if pool.unusable is None:
            return pool.snapshot()
        reason = pool.unusable
    except OSError as error:
        reason = f"`{pool.folder}` cannot be read ({(error.strerror or str(error)).lower()})"
    raise MoonpoolError(
        f"this machine has no pool of workers to share: {reason}",
        hint=f"set `{FOLDER_VARIABLE}` to a folder of your own on a local disk",
        slug="pool-unusable",
        exit_code=ExitCode.CONFIG,
    )


def _watch(pool: Pool) -> None:
    redraw = _REDRAW if sys.stdout.isatty() else ""
    try:
        while True:
            print_lines(redraw + _as_text(_look(pool)))
            sys.stdout.flush()
            time.sleep(_WATCH_SECONDS)
    except KeyboardInterrupt:
        # This is how watching ends, and no failure.
        return


def _as_text(snapshot: Snapshot) -> str:
    if not snapshot.standings:
        return f"the pool is empty: {_amount(snapshot.capacity)} are free"
    rows = [_TITLES, *(_row(standing) for standing in snapshot.standings)]
    total = f"{_amount(snapshot.capacity)} in all, {_amount(snapshot.free)} free"
    return "\n".join([*_columns(rows), "", total])


def _row(standing: Standing) -> tuple[str, ...]:
    who, claim = standing.controller, standing.claim
    waiting = standing.waiting_seconds
    return (
        who.project or "?" if standing.understood else f"{who.project or '?'} (unreadable)",
        who.checkout or "?",
        str(who.pid or "?"),
        str(claim.held),
        str(claim.wanted),
        str(standing.target),
        f"{claim.held * claim.weight:.3g}",
        format_bytes(claim.planned_bytes),
        "-" if waiting is None else format_seconds(waiting),
    )


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align words to the left and, from the process id on, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]
    return [
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _amount(capacity: Capacity) -> str:
    memory = capacity.memory_bytes
    return f"{capacity.cpus:.3g} CPUs and " + (
        "memory that nobody knows" if memory is None else format_bytes(memory)
    )


def _as_json(pool: Pool, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "folder": str(pool.folder),
        "capacity": _amount_json(snapshot.capacity),
        "free": _amount_json(snapshot.free),
        "controllers": [_standing_json(standing) for standing in snapshot.standings],
    }


def _amount_json(capacity: Capacity) -> dict[str, float | int | None]:
    return {"cpus": capacity.cpus, "memory_bytes": capacity.memory_bytes}


def _standing_json(standing: Standing) -> dict[str, Any]:
    who, claim = standing.controller, standing.claim
    return {
        "project": who.project,
        "checkout": who.checkout,
        "pid": who.pid,
        "run": who.run,
        "started": who.started,
        "held": claim.held,
        "wanted": claim.wanted,
        "target": standing.target,
        "floor": claim.floor,
        "cpus_per_worker": claim.weight,
        "bytes_per_worker": claim.worker_bytes,
        "cpus": claim.held * claim.weight,
        "bytes_of_controller": claim.own_bytes,
        "memory_bytes": claim.planned_bytes,
        "waiting_seconds": standing.waiting_seconds,
        "understood": standing.understood,
    }
