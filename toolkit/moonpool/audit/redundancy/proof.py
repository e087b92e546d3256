"""Proves of single steps, and of whole calls, that another run has checked the same before."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import kind_by_name
from moonpool.audit.redundancy.besides import keeps, more_than_checks
from moonpool.audit.redundancy.checkout import plain_checkout
from moonpool.audit.redundancy.covering import cover, same_call
from moonpool.audit.redundancy.missing import by_hand, by_the_way, unchecked, unproven
from moonpool.audit.redundancy.occasions import Occasion, job_runs, narrowed, occasions, step_runs
from moonpool.audit.redundancy.relation import Relation, by_cause, matches
from moonpool.audit.redundancy.spot import Spot
from moonpool.audit.redundancy.steps import check_keys, commands, ships
from moonpool.audit.redundancy.verdict import Missing
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.redundancy.covering import Address, Cover
    from moonpool.audit.redundancy.relation import Match
    from moonpool.audit.redundancy.runs import Run, RunJob
    from moonpool.audit.redundancy.work import Worker

__all__ = ["Known", "Proof"]

# A release is on its way then, whether or not a workflow ships something itself.
_OF_RELEASES = frozenset({"release", "push-tag"})
_HEAD_SHA = "github.event.workflow_run.head_sha"


@dataclass(frozen=True)
class Known:
    """What was found out about one step."""

    spot: Spot
    covers: tuple[tuple[Occasion, Cover], ...]
    missing: tuple[Missing, ...]


class Proof:
    """What is known of all runs; what is in ``removed`` is to go, and so proves nothing."""

    def __init__(self, runs: dict[str, Run], worker: Worker) -> None:
        self._runs, self._worker = runs, worker
        self.ships = {path: ships(run, worker) for path, run in runs.items()}
        self._keys = {path: check_keys(run, worker) for path, run in runs.items()}
        self.removed: set[Address] = set()

    @contextmanager
    def without(self, steps: set[Address]) -> Iterator[None]:
        """Let these steps prove nothing for a while: they are one job, called several times."""
        before = self.removed
        self.removed = before | steps
        try:
            yield
        finally:
            self.removed = before

    def step(self, run: Run, spot: Spot) -> Known | None:
        """Return the proof that a step ran before, on each occasion, or None."""
        covers: list[tuple[Occasion, Cover]] = []
        missing: list[Missing] = []
        for occasion in self._occasions(run, spot):
            if not _reaches(run, spot, occasion):
                continue
            found = self._cover(run, spot, occasion)
            if found is not None:
                covers.append((occasion, found))
                missing += unproven(found)
                if plain_checkout(spot.before, spot.entry, occasion) is None:
                    missing.append(Missing("only the run knows which commit it checks out"))
            elif by_hand(occasion) or by_the_way(occasion):
                missing.append(unchecked(occasion))
            else:
                return None
        if not covers:
            return None
        missing += [Missing(text) for text in more_than_checks(spot)]
        return Known(spot, tuple(covers), tuple(dict.fromkeys(missing)))

    def same_call(self, run: Run, entries: list[RunJob], depth: int) -> list[Known]:
        """Return the proof that another run has the same call; ``depth`` calls lead to it."""
        covers: list[tuple[Occasion, Cover]] = []
        missing: list[Missing] = []
        # What a called workflow does need not be understood if its name says that it checks.
        stem = PurePosixPath(entries[0].workflow.path).stem
        by_name = kind_by_name(stem.replace("_", "-")).is_check
        spots = [
            Spot(entry, works, index)
            for entry in entries
            for works in [self._worker.works(entry)]
            for index, work in enumerate(works)
            if work.checks or (by_name and work.role is Role.RUN and work.atoms)
        ]
        known = bool(spots)
        spots = spots or commands(entries, self._worker)
        for occasion in occasions(run.root) if spots else ():
            if all(job_runs(run, entry, occasion) is False for entry in entries):
                continue
            found = same_call(run, entries, depth, spots, occasion, self._runs, self.removed)
            shipping = any(self._ships_on(entry, occasion) for entry in entries)
            itself = found is not None and _is_itself(found, entries[0])
            if found is not None and (shipping or not known) and not itself:
                return []  # What ships is done once for each workflow that wants it.
            if found is not None:
                covers.append((occasion, found))
                missing += unproven(found)
            elif by_hand(occasion):
                missing.append(unchecked(occasion))
            else:
                return []
        missing += [Missing(text) for entry in entries for text in keeps(entry, self._worker)]
        return [Known(spot, tuple(covers), tuple(missing)) for spot in spots] if covers else []

    def _ships_on(self, entry: RunJob, occasion: Occasion) -> bool:
        works = self._worker.works(entry)
        return bool(entry.job.content.get("environment")) or any(
            work.ships and step_runs(entry, work.step, occasion) is not False for work in works
        )

    def _occasions(self, run: Run, spot: Spot) -> Iterator[Occasion]:
        for started in occasions(run.root):
            for occasion in by_cause(started, self._runs):
                yield from narrowed(occasion, spot.entry, spot.work.step)

    def _cover(self, run: Run, spot: Spot, occasion: Occasion) -> Cover | None:
        """Return the best cover of one step on one occasion."""
        best: Cover | None = None
        wanted = {atom.key for atom in spot.work.checks}
        able = {path: other for path, other in self._runs.items() if wanted <= self._keys[path]}
        for match in matches(run, spot.entry, occasion, able):
            if not self._same_content(run, spot, occasion, match):
                continue
            found = cover(spot, match, self._worker, frozenset(self.removed))
            if found is not None and self._ships_between(run, spot, found):
                continue  # It checks what was shipped, not what was to be.
            if found is not None and (best is None or found.rank < best.rank):
                best = found
        return best

    def _ships_between(self, run: Run, spot: Spot, found: Cover) -> bool:
        """Whether the run ships something after the first check and before this one."""
        if found.match.relation is not Relation.SAME_RUN:
            return False
        entries = [spot.entry for spot in found.spots]
        sooner = {entry.key for first in entries for entry in (first, *run.upstream(first.key))}
        between = [entry for entry in run.upstream(spot.entry.key) if entry.key not in sooner]
        return any(work.ships for entry in between for work in self._worker.works(entry))

    def _same_content(self, run: Run, spot: Spot, occasion: Occasion, match: Match) -> bool:
        if match.relation is Relation.AFTER_SUCCESS:
            return _follows_success(run, spot, occasion)
        mine, theirs = self.ships[run.root.path], self.ships[match.run.root.path]
        if match.relation is Relation.SAME_EVENT and theirs and not mine:
            return False  # The run that ships is the one that could do without.
        weak = match.relation not in (Relation.SAME_RUN, Relation.SAME_EVENT)
        if weak and not mine and occasion.event not in _OF_RELEASES:
            return False  # CI that also runs after the merge is R2's matter.
        return plain_checkout(spot.before, spot.entry, occasion) is not False


def _is_itself(found: Cover, called: RunJob) -> bool:
    """Whether the other run is the called workflow, started by itself on the same event."""
    same = found.match.relation is Relation.SAME_EVENT
    return same and found.match.run.root.path == called.workflow.path


def _reaches(run: Run, spot: Spot, occasion: Occasion) -> bool:
    return (
        job_runs(run, spot.entry, occasion) is not False
        and step_runs(spot.entry, spot.work.step, occasion) is not False
    )


def _follows_success(run: Run, spot: Spot, occasion: Occasion) -> bool:
    """Whether the step runs only after a success, on the commit that succeeded."""
    failed = replace(occasion, conclusion="failure")
    refs = [w.step.inputs.get("ref", "") for w in spot.works if w.role is Role.CHECKOUT]
    stops = job_runs(run, spot.entry, failed) is False
    return stops and bool(refs) and all(_HEAD_SHA in ref for ref in refs)
