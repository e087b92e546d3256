"""Where the checks of a step are found in another run, and what is not equal there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.commands.options import is_limit, is_lock, is_measure, is_threshold
from moonpool.audit.redundancy.checkout import checkout_doubts, other_files, plain_checkout
from moonpool.audit.redundancy.occasions import job_runs, step_runs
from moonpool.audit.redundancy.preparation import preparation_doubts, prepared_legs
from moonpool.audit.redundancy.relation import Relation, matches
from moonpool.audit.redundancy.spot import Spot
from moonpool.audit.redundancy.surroundings import (
    differences,
    matrix_values,
    named_legs,
    surroundings,
)
from moonpool.audit.redundancy.variables import variable_doubts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.commands.atoms import Atom
    from moonpool.audit.reading.mentions import Mentions
    from moonpool.audit.redundancy.occasions import Occasion
    from moonpool.audit.redundancy.relation import Match
    from moonpool.audit.redundancy.runs import Run, RunJob
    from moonpool.audit.redundancy.work import Worker

__all__ = ["Address", "Cover", "cover", "same_call"]

# A step: the workflow that was started, the way to the job, and the place in it.
Address = tuple[str, tuple[str, ...], int]

# Contexts that hold the same in every job of a repository.
_STEADY = re.compile(
    r"\$\{\{\s*(secrets|vars|env|github\.(workspace|repository|token)|runner)[.\w-]*\s*\}\}"
)
_ALL_TARGETS = frozenset({"--all-targets"})
_NAMES_ONLY = re.compile(
    r"^[ -]*(group|key|restore-keys|[\w-]+-key|cache-key-\w+):.*$", re.MULTILINE
)
_MATRIX = re.compile(r"\$\{\{\s*matrix\.[\w.-]+\s*\}\}")


@dataclass(frozen=True)
class Cover:
    """All checks of a step were found; ``spots`` has where, in the order of the atoms."""

    match: Match
    spots: tuple[Spot, ...]
    doubts: tuple[str, ...]

    @property
    def rank(self) -> tuple[int, int, bool]:
        """What is better comes first; a run that ships may itself be told to stop."""
        ships = any(work.ships for spot in self.spots for work in spot.works)
        return self.match.relation.rank, len(self.doubts), ships


def cover(spot: Spot, match: Match, worker: Worker, removed: frozenset[Address]) -> Cover | None:
    """Return where another run has all checks of a step, or None where one is missing."""
    found: list[tuple[Spot, list[str]]] = []
    for atom in spot.work.checks:
        candidates = [
            (other, [*doubts, *_condition_doubts(other, match)])
            for other in _spots(match, worker, removed)
            if (doubts := _doubts(spot, atom, other, worker.mentions)) is not None
        ]
        if not candidates:
            return None
        found.append(min(candidates, key=lambda entry: len(entry[1])))
    unproven = dict.fromkeys(doubt for _, listed in found for doubt in listed)
    return Cover(match, tuple(other for other, _ in found), tuple(unproven))


def same_call(
    run: Run,
    entries: Sequence[RunJob],
    depth: int,
    spots: Sequence[Spot],
    occasion: Occasion,
    runs: dict[str, Run],
    removed: set[Address],
) -> Cover | None:
    """Return where another run has the very jobs of a called workflow, with equal inputs.

    What these jobs do need not be understood: it is the same file on the same commit. So many
    calls as ``depth`` lead to the call.
    """
    spots = [spot for spot in spots if _may_run(run, spot, occasion)]
    entries = [entry for entry in entries if any(spot.entry is entry for spot in spots)]
    for match in matches(run, entries[0], occasion, runs) if entries else ():
        there = {entry.key: entry for entry in match.jobs}
        tails = {entry.key: entry.key[depth + 1 :] for entry in entries}
        for prefix in {key[:length] for key in there for length in range(len(key))}:
            twins = {key: there.get((*prefix, *tail)) for key, tail in tails.items()}
            same = all(_is_same(twins[entry.key], entry) for entry in entries)
            pairs = [(twins[spot.entry.key], spot) for spot in spots]
            listed = [Spot(twin, s.works, s.index) for twin, s in pairs if twin is not None]
            keys = {(match.run.root.path, s.entry.key, s.index) for s in listed}
            left_out = any(step_runs(s.entry, s.work.step, match.occasion) is False for s in listed)
            if same and not left_out and not keys & removed and _is_before(match):
                doubts = dict.fromkeys(_call_doubts(entries[0], match, listed))
                return Cover(match, tuple(listed), tuple(doubts))
    return None


def _may_run(run: Run, spot: Spot, occasion: Occasion) -> bool:
    starts = job_runs(run, spot.entry, occasion) is not False
    return starts and step_runs(spot.entry, spot.work.step, occasion) is not False


def _is_same(twin: RunJob | None, entry: RunJob) -> bool:
    """Whether two calls lead to the same job with the same inputs."""
    if twin is None or twin.workflow.path != entry.workflow.path:
        return False
    return _read_inputs(twin) == _read_inputs(entry)


def _is_before(match: Match) -> bool:
    return match.relation is not Relation.AFTER_SUCCESS


def _call_doubts(entry: RunJob, match: Match, spots: list[Spot]) -> Iterator[str]:
    """Yield what may differ between two calls of one workflow."""
    if _secrets(entry) not in (None, _secrets(spots[0].entry)):
        yield "the other call does not pass on the same secrets"
    for spot in spots:
        yield from _condition_doubts(spot, match)
        if spot.entry.job.ignores_failure or spot.work.step.ignores_failure:
            yield f"a failure of `{spot.work.step.label}` counts for nothing"
        same_event = match.relation in (Relation.SAME_EVENT, Relation.SAME_RUN)
        if not same_event and step_runs(spot.entry, spot.work.step, match.occasion) is None:
            yield f"only the run knows whether `{spot.work.step.label}` runs there"


def _spots(match: Match, worker: Worker, removed: frozenset[Address]) -> Iterator[Spot]:
    for entry in match.jobs:
        works = worker.works(entry)
        if entry.job.ignores_failure:
            continue
        for index, work in enumerate(works):
            key = (match.run.root.path, entry.key, index)
            counts = bool(work.shown) and not work.step.ignores_failure and key not in removed
            # What only the run knows covers nothing.
            here = counts and plain_checkout(works[:index], entry, match.occasion)
            if here and step_runs(entry, work.step, match.occasion) is True:
                yield Spot(entry, works, index)


def _doubts(spot: Spot, atom: Atom, other: Spot, files: Mentions) -> list[str] | None:
    """Return what is not proven if ``other`` has the atom, or None if it has not."""
    twins = [
        twin
        for twin in other.work.atoms
        if twin.key == atom.key and twin.decides and twin.always and _as_strong(atom, twin)
    ]
    if not twins or not _steady(atom) or other_files(spot, other) or _prepares_legs(spot, other):
        return None
    legs = _leg_doubts(spot.entry, other.entry, atom)
    twin = min(twins, key=lambda entry: (entry.runner != atom.runner, entry.doubt is not None))
    around = differences(
        surroundings(spot.entry, spot.index),
        surroundings(other.entry, other.index),
        reads_only=atom.kind in (Kind.LINT, Kind.FORMAT),
    )
    if around is None or legs is None:
        return None
    doubts = [*legs, *around]
    if twin.runner != atom.runner:
        ways = [f"`{way}`" if way else "by its name" for way in (atom.runner, twin.runner)]
        doubts.append(f"`{atom.words[0]}` is started {ways[0]} here and {ways[1]} there")
    if twin.doubt:
        doubts.append(twin.doubt)
    if twin.words[:2] == ("cargo", "test") and _ALL_TARGETS & {*twin.stronger} - {*atom.stronger}:
        doubts.append("with `--all-targets` cargo leaves the tests in documentation out")
    doubts += _option_doubts(atom.stronger, twin.stronger)
    if other.entry.job.content.get("environment") and not spot.entry.job.content.get("environment"):
        doubts.append("the other job waits for what its environment asks")
    doubts += variable_doubts(spot, other, atom, twin, files)
    doubts += preparation_doubts(spot, other, atom, twin)
    return [*doubts, *checkout_doubts(spot, other)]


def _option_doubts(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[str]:
    """Yield what one of two runs of a check asks for and the other does not."""
    if any(map(is_measure, mine)) and not any(map(is_measure, theirs)):
        yield "coverage is measured only here, and may have to reach a threshold"
    for option in (o for o in mine if o not in theirs and (is_lock(o) or is_limit(o))):
        yield f"`{option}` is given only here"
    for option in (o for o in theirs if o not in mine and is_limit(o)):
        yield f"`{option}` is given only there"


def _condition_doubts(other: Spot, match: Match) -> Iterator[str]:
    """Yield what a condition there asks for and is taken to hold, though it may not."""
    conditions = [c.text for c in other.entry.conditions if c.bare not in match.given]
    asked = [*conditions, other.work.step.condition or ""]
    if match.occasion.unlabelled and any("pull_request.labels" in text for text in asked):
        yield "a label of the pull request decides whether it ran"
    if any("github.repository" in text for text in asked):
        yield "it only runs there if this is the repository that its condition names"


def _secrets(entry: RunJob) -> object:
    """The secrets that a call passes on; a workflow that starts by itself has them all."""
    own = len(entry.key) == 1
    return "inherit" if own else entry.ways[-2].jobs[entry.key[-2]].content.get("secrets")


def _read_inputs(entry: RunJob) -> dict[str, str]:
    """The inputs that the called workflow reads; an empty one says as much as none.

    What only names a cache or a group of runs has no part in what they do.
    """
    text = _NAMES_ONLY.sub("", entry.workflow.source.text)
    given = (entry.inputs or {}).items()
    return {name: value for name, value in given if value and f"inputs.{name}" in text}


def _leg_doubts(mine: RunJob, theirs: RunJob, atom: Atom) -> list[str] | None:
    """Return what is not proven of the values that a matrix gives a command; None: others."""
    doubts: list[str] = []
    for name in named_legs(" ".join((*atom.words, atom.folder))):
        here, there = matrix_values(mine.job.matrix, name), matrix_values(theirs.job.matrix, name)
        if here is None or there is None:
            doubts.append(f"which values `matrix.{name}` has is not known")
        elif not here <= there:
            return None
    return doubts


def _prepares_legs(spot: Spot, other: Spot) -> bool:
    """Whether what comes before differs from leg to leg, and the other job has no such legs.

    Versions and systems are compared by themselves.
    """
    for name in prepared_legs(spot):
        here = matrix_values(spot.entry.job.matrix, name) or frozenset()
        there = matrix_values(other.entry.job.matrix, name) or frozenset()
        if len(here) > 1 and not here <= there:
            return True
    return False


def _as_strong(atom: Atom, twin: Atom) -> bool:
    return set(filter(is_threshold, atom.stronger)) <= set(twin.stronger)


def _steady(atom: Atom) -> bool:
    text = _STEADY.sub("", " ".join((*atom.words, atom.folder)))
    return "${{" not in _MATRIX.sub("", text)
