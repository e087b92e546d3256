"""What steps and jobs do besides checking, and so would be lost with their checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.redundancy.preparation import changes_files
from moonpool.audit.redundancy.product import step_products
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.redundancy.runs import RunJob
    from moonpool.audit.redundancy.spot import Spot
    from moonpool.audit.redundancy.work import Work, Worker

__all__ = ["keeps", "more_than_checks", "nothing_else"]


def keeps(entry: RunJob, worker: Worker) -> Iterator[str]:
    """Yield what a called job leaves behind for others, in words."""
    if entry.job.content.get("outputs"):
        yield f"the job `{entry.job.id}` has outputs"
    for work in worker.works(entry):
        if work.role is Role.REPORT:
            yield f"`{work.step.label}` keeps what the job leaves behind"


def nothing_else(works: tuple[Work, ...], redundant: set[int]) -> bool:
    """Whether a job does nothing besides its redundant steps and what prepares them."""
    return all(
        index in redundant
        or work.role in (Role.CHECKOUT, Role.SETUP)
        or (
            work.role is Role.RUN
            and all(atom.kind in (Kind.INSTALL, Kind.NEUTRAL) for atom in work.atoms)
            and not any("GITHUB_OUTPUT" in name for atom in work.atoms for name in atom.writes)
        )
        for index, work in enumerate(works)
    )


def more_than_checks(spot: Spot) -> Iterator[str]:
    """Yield what goes with a step besides its checks, in words."""
    goes_on = spot.index + 1 < len(spot.works)
    others = dict.fromkeys(
        atom.text
        for atom in spot.work.atoms
        if (not atom.kind.is_check and atom.kind not in (Kind.INSTALL, Kind.NEUTRAL))
        or (goes_on and atom.kind is Kind.NEUTRAL and changes_files(atom))
    )
    for text in others:
        yield f"the step also runs `{text}`"
    for atom in spot.work.checks:
        if atom.is_veiled:
            yield f"what `{atom.text}` leaves behind is not known"
    yield from step_products(spot.entry, spot.works, spot.index)
