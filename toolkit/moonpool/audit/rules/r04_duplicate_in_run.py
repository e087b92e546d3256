"""R4: one run that runs the same check twice, in two jobs or in every leg of a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.editing.change import Change, Insert
from moonpool.audit.finding import Finding, Fix, Place, Safety, Severity
from moonpool.audit.gitlab.repeated import repeated
from moonpool.audit.redundancy.surroundings import differences, surroundings
from moonpool.audit.redundancy.variables import relevant
from moonpool.audit.rules.looking import at_step, entries
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.commands.atoms import Atom
    from moonpool.audit.context import Context
    from moonpool.audit.redundancy.runs import Run, RunJob
    from moonpool.audit.redundancy.work import Work

__all__ = ["RULE"]

_Spot = tuple["RunJob", "Work"]


def _check(context: Context) -> Iterator[Finding]:
    told: dict[Place, Finding] = {}  # A called workflow is part of several runs.
    for run in context.runs.values():
        seen: dict[tuple[tuple[str, ...], str], _Spot] = {}
        for entry in run.jobs.values():
            for work in context.worker.works(entry):
                told.update((found.place, found) for found in _repeated(run, seen, (entry, work)))
    yield from told.values()
    for _, entry, works in entries(context):
        yield from _in_every_leg(entry, works)
    if context.plan is not None:
        yield from repeated(context.plan, context.worker)


def _repeated(
    run: Run, seen: dict[tuple[tuple[str, ...], str], _Spot], spot: _Spot
) -> Iterator[Finding]:
    entry, work = spot
    for atom in work.checks:
        other = seen.setdefault(atom.key, spot)
        if other[1] is work or not _same(spot, other, atom):
            continue
        if other[0] in run.upstream(entry.key) or work.step.condition or entry.job.condition:
            continue  # What a needed job has checked is R1's matter.
        message = f"`{atom.text}` also runs in `{other[1].step.label}` of `{other[0].job.id}`"
        yield at_step("R4", Severity.MEDIUM, entry, work.step, message)
        return


def _same(spot: _Spot, other: _Spot, atom: Atom) -> bool:
    if "${{" in " ".join(atom.words):
        return False
    mine = surroundings(spot[0], spot[1].step.index)
    theirs = surroundings(other[0], other[1].step.index)
    doubts = differences(mine, theirs)
    return doubts == [] and relevant(*spot) == relevant(*other)


def _in_every_leg(entry: RunJob, works: tuple[Work, ...]) -> Iterator[Finding]:
    axes = {
        name: values
        for name, values in entry.job.matrix.items()
        if isinstance(values, list) and len(values) > 1 and name not in ("include", "exclude")
    }
    if len(axes) != 1 or set(entry.job.matrix) - axes.keys():
        return
    (axis, values), *_ = axes.items()
    for work in works:
        kinds = {atom.kind for atom in work.atoms if atom.kind is not Kind.NEUTRAL}
        text = " ".join(word for atom in work.atoms for word in (*atom.words, atom.folder))
        lints = bool(kinds) and kinds <= {Kind.LINT, Kind.FORMAT} and "matrix." not in text
        if lints and work.step.condition is None and "matrix." not in str(work.step.content):
            message = f"`{work.step.label}` gives one answer and runs {len(values)} times"
            yield at_step(
                "R4",
                Severity.MEDIUM,
                entry,
                work.step,
                message,
                fix=_fix(entry, work, axis, values),
            )


def _fix(entry: RunJob, work: Work, axis: str, values: list[object]) -> Fix | None:
    if not all(isinstance(value, str) for value in values):
        return None
    condition = f"matrix.{axis} == '{values[-1]}'"
    address = ("jobs", entry.job.id, "steps", work.step.index)
    first = "name" if work.step.name else "run" if work.step.run else "uses"
    edit = Insert(address, "if", (f"if: {condition}",), after=first)
    change = Change(entry.workflow.path, (edit,))
    return Fix(f"run it only if `{condition}`", Safety.UNSAFE, (change,))


RULE = Rule("R4", "duplicate-in-run", Severity.MEDIUM, "the same check twice in one run", _check)
