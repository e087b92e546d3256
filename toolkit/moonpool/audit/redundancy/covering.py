"""Where the checks of a step are found in another run, and what is not equal there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.redundancy.occasions import step_runs
from moonpool.audit.redundancy.relation import Relation, matches
from moonpool.audit.redundancy.surroundings import differences, surroundings
from moonpool.audit.redundancy.variables import relevant, variable_doubts
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.commands.atoms import Atom
    from moonpool.audit.redundancy.occasions import Occasion
    from moonpool.audit.redundancy.relation import Match
    from moonpool.audit.redundancy.runs import Run, RunJob
    from moonpool.audit.redundancy.work import Work, Worker

__all__ = ["Address", "Cover", "Spot", "cover", "plain_checkout", "same_call"]

# A step: the workflow that was started, the way to the job, and the place in it.
Address = tuple[str, tuple[str, ...], int]

# An option without which a run says less than one with it.
_THRESHOLD = re.compile(
    r"--cov-fail-under.*|--fail-under.*|--strict.*|-race|--max-warnings.*|-Werror|--all-targets"
)
# Contexts that hold the same in every job of a repository.
_STEADY = re.compile(
    r"\$\{\{\s*(secrets|vars|env|github\.(workspace|repository|token)|runner)[.\w-]*\s*\}\}"
)
_MATRIX = re.compile(r"\$\{\{\s*matrix\.[\w-]+\s*\}\}")
_OWN_REFS = frozenset({"", "${{ github.sha }}", "${{ github.ref }}", "${{ github.head_ref }}"})


@dataclass(frozen=True)
class Spot:
    """A step of some job."""

    entry: RunJob
    works: tuple[Work, ...]
    index: int

    @property
    def work(self) -> Work:
        return self.works[self.index]


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
            (other, doubts)
            for other in _spots(match, worker, removed)
            if (doubts := _doubts(spot, atom, other)) is not None
        ]
        if not candidates:
            return None
        found.append(min(candidates, key=lambda entry: len(entry[1])))
    unproven = dict.fromkeys(doubt for _, listed in found for doubt in listed)
    return Cover(match, tuple(other for other, _ in found), tuple(unproven))


def same_call(
    run: Run,
    entries: Sequence[RunJob],
    spots: Sequence[Spot],
    occasion: Occasion,
    runs: dict[str, Run],
    removed: set[Address],
) -> Cover | None:
    """Return where another run has the very jobs of a called workflow, with equal inputs.

    What these jobs do need not be understood: it is the same file on the same commit.
    """
    for match in matches(run, entries[0], occasion, runs):
        there = {entry.key: entry for entry in match.jobs}
        for prefix in {key[: len(key) - len(entries[0].key) + 1] for key in there}:
            twins = [there.get((*prefix, *entry.key[1:])) for entry in entries]
            same = all(
                twin is not None
                and twin.workflow.path == entry.workflow.path
                and (twin.inputs or {}) == (entry.inputs or {})
                for twin, entry in zip(twins, entries, strict=True)
            )
            found = dict(zip([e.key for e in entries], twins, strict=True))
            others = [found[s.entry.key] for s in spots]
            listed = tuple(
                Spot(twin, s.works, s.index)
                for twin, s in zip(others, spots, strict=True)
                if twin is not None
            )
            keys = {(match.run.root.path, s.entry.key, s.index) for s in listed}
            if same and not keys & removed and match.relation is not Relation.AFTER_SUCCESS:
                return Cover(match, listed, ())
    return None


def plain_checkout(works: Sequence[Work]) -> bool:
    """Whether a job checks out the commit that started the run, and nothing else."""
    given = [work.step.inputs for work in works if work.role is Role.CHECKOUT]
    return all(
        inputs.get("ref", "") in _OWN_REFS
        and inputs.get("repository", "") in ("", "${{ github.repository }}")
        for inputs in given
    ) and bool(given)


def _spots(match: Match, worker: Worker, removed: frozenset[Address]) -> Iterator[Spot]:
    for entry in match.jobs:
        works = worker.works(entry)
        if entry.job.ignores_failure or not plain_checkout(works):
            continue
        for index, work in enumerate(works):
            key = (match.run.root.path, entry.key, index)
            counts = bool(work.checks) and not work.step.ignores_failure and key not in removed
            if counts and step_runs(entry, work.step, match.occasion) is True:
                yield Spot(entry, works, index)


def _doubts(spot: Spot, atom: Atom, other: Spot) -> list[str] | None:
    """Return what is not proven if ``other`` has the atom, or None if it has not."""
    twins = [
        twin
        for twin in other.work.atoms
        if twin.key == atom.key and twin.decides and twin.always and _as_strong(atom, twin)
    ]
    if not twins or not _steady(atom):
        return None
    twin = min(twins, key=lambda entry: (entry.runner != atom.runner, entry.doubt is not None))
    around = differences(
        surroundings(spot.entry, spot.index), surroundings(other.entry, other.index)
    )
    if around is None:
        return None
    doubts = list(around)
    if twin.runner != atom.runner:
        ways = [f"`{way}`" if way else "by its name" for way in (atom.runner, twin.runner)]
        doubts.append(f"`{atom.words[0]}` is started {ways[0]} here and {ways[1]} there")
    if twin.doubt:
        doubts.append(twin.doubt)
    mine = {**relevant(spot.entry, spot.work), **dict(atom.env)}
    doubts += variable_doubts(mine, {**relevant(other.entry, other.work), **dict(twin.env)})
    return [*doubts, *_changed_before(spot, other)]


def _as_strong(atom: Atom, twin: Atom) -> bool:
    return {w for w in atom.stronger if _THRESHOLD.fullmatch(w)} <= set(twin.stronger)


def _steady(atom: Atom) -> bool:
    text = _STEADY.sub("", " ".join((*atom.words, atom.folder)))
    return "${{" not in _MATRIX.sub("", text)


def _changed_before(spot: Spot, other: Spot) -> Iterator[str]:
    """Yield what an earlier step does to the files here and not there."""
    there = {atom.key for work in other.works[: other.index + 1] for atom in work.atoms}
    actions = {work.step.action for work in other.works[: other.index]}
    for work in spot.works[: spot.index]:
        unknown = work.role in (Role.OTHER, Role.SHIP) and work.step.action not in actions
        acts = [a for a in work.atoms if a.kind in (Kind.OTHER, Kind.BUILD, Kind.SHIP)]
        sets = any(
            atom.key not in there and ("GITHUB_ENV" in name or "GITHUB_PATH" in name)
            for atom in work.atoms
            for name in atom.writes
        )
        if sets:
            yield f"`{work.step.label}` sets variables for it"
        if unknown or any(atom.key not in there for atom in acts):
            yield f"`{work.step.label}` runs before it and may change the files"
    if _submodules(spot) and not _submodules(other):
        yield "the submodules are checked out only here"


def _submodules(spot: Spot) -> bool:
    inputs = [work.step.inputs for work in spot.works if work.role is Role.CHECKOUT]
    return any(given.get("submodules", "false") != "false" for given in inputs)
