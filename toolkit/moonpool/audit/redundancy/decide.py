"""Finds the steps of a repository's workflows that repeat a check, and judges each.

Where two workflows repeat each other, only one of them is told to stop: the one that ships before
the one that does not, then the one that calls another, then the one with fewer occasions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moonpool.audit.redundancy.besides import nothing_else
from moonpool.audit.redundancy.cancelling import is_cancelled
from moonpool.audit.redundancy.occasions import occasions
from moonpool.audit.redundancy.proof import Known, Proof
from moonpool.audit.redundancy.relation import Relation
from moonpool.audit.redundancy.spot import Spot
from moonpool.audit.redundancy.steps import ships, site
from moonpool.audit.redundancy.verdict import Missing, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.redundancy.covering import Address, Cover
    from moonpool.audit.redundancy.runs import Key, Run, RunJob
    from moonpool.audit.redundancy.work import Work, Worker

__all__ = ["decide", "ships"]

_OTHERS_NEED_IT = "the other calls of the job need it"


def decide(runs: dict[str, Run], worker: Worker, assumed: frozenset[str]) -> list[Verdict]:
    """Return a verdict for each step that ran before, and none for the others."""
    judge = _Judge(runs, worker, assumed)
    found: list[Verdict] = []
    for run in sorted(runs.values(), key=judge.order):
        # Later jobs first: what repeats a job before it is the part that can go.
        entries = list(reversed(run.jobs.values()))
        for entry in entries:
            found += judge.job(run, entry) if len(entry.key) == 1 else ()
        found += judge.calls(run)
        for job_id in run.root.jobs:
            found += judge.called(run, [entry for entry in entries if entry.key[0] == job_id])
        for entry in entries:
            found += judge.job(run, entry) if judge.is_only_call(entry) else ()
    found += [*judge.everywhere(), *judge.nested()]
    for run in sorted(runs.values(), key=judge.order):
        found += judge.partly(run)
    return found


class _Judge:
    def __init__(self, runs: dict[str, Run], worker: Worker, assumed: frozenset[str]) -> None:
        self._worker, self._assumed = worker, assumed
        self._proof = Proof(runs, worker)
        self._sites: dict[tuple[str, str], list[tuple[Run, RunJob]]] = {}
        self._calls: dict[tuple[str, str], dict[tuple[str, Key], Run]] = {}
        for run in runs.values():
            for entry in run.jobs.values() if any(occasions(run.root)) else ():
                self._sites.setdefault(site(entry), []).append((run, entry))
                for depth, workflow in enumerate(entry.ways[:-1]):
                    places = self._calls.setdefault((workflow.path, entry.key[depth]), {})
                    places[run.root.path, entry.key[: depth + 1]] = run

    def order(self, run: Run) -> tuple[bool, bool, int, str]:
        """Runs are judged, and told to stop repeating, in this order."""
        calls = any(len(key) > 1 for key in run.jobs)
        path = run.root.path
        return not self._proof.ships[path], not calls, len(run.root.triggers), path

    def is_only_call(self, entry: RunJob) -> bool:
        """Whether a job stands in a called workflow, and runs by this call only."""
        return len(entry.key) > 1 and len(self._sites.get(site(entry), ())) == 1

    def everywhere(self) -> Iterator[Verdict]:
        """Judge the jobs that several calls start, and that none of these needs."""
        for places in self._sites.values():
            left = [(run, e) for run, e in places if not self._is_gone(run, e)]
            if len(left) < 2 or any(len(entry.key) == 1 for _, entry in left):
                continue
            works = self._worker.works(left[0][1])
            for index in (i for i, work in enumerate(works) if work.checks):
                spots = [(run, Spot(e, self._worker.works(e), index)) for run, e in left]
                with self._proof.without(_addresses(spots)):
                    known = [self._proof.step(run, spot) for run, spot in spots]
                whole = [found for found in known if found is not None]
                if len(whole) == len(spots):
                    self._proof.removed |= _addresses(spots)
                    yield self._verdict(left[0][0], _together(whole[:1], whole), whole=False)

    def nested(self) -> Iterator[Verdict]:
        """Judge the calls that stand in a called workflow, and that none of its calls needs."""
        for places in self._calls.values():
            below = [(run, prefix, run.under(prefix)) for (_, prefix), run in places.items()]
            left = [p for p in below if not all(self._is_gone(p[0], entry) for entry in p[2])]
            if not left or any(len(prefix) == 1 for _, prefix, _ in left):
                continue
            spots = [
                (run, Spot(entry, works, index))
                for run, _, entries in left
                for entry in entries
                for works in [self._worker.works(entry)]
                for index in range(len(works))
            ]
            with self._proof.without(_addresses(spots)):
                found = [self._proof.same_call(run, e, len(prefix) - 1) for run, prefix, e in left]
            if all(found):
                self._proof.removed |= _addresses(spots)
                run, prefix, _ = left[0]
                known = _together(found[0], [step for steps in found for step in steps])
                yield self._verdict(run, known, whole=True, depth=len(prefix) - 1)

    def partly(self, run: Run) -> Iterator[Verdict]:
        """Judge the calls of workflows that also ship, where another call has checked before."""
        for job_id in run.root.jobs:
            entries = [entry for entry in run.under((job_id,)) if len(entry.key) > 1]
            known = [
                replace(found, missing=(*found.missing, Missing(_OTHERS_NEED_IT)))
                for entry in entries
                for found in self._known(run, entry, self._worker.works(entry))
                if all(_is_later(cover_, entry) for _, cover_ in found.covers)
            ]
            if known and any(work.ships for entry in entries for work in self._worker.works(entry)):
                self._remove(run, known)
                verdict = self._verdict(run, known, whole=False, depth=0)
                yield replace(verdict, partly=True)

    def _is_gone(self, run: Run, entry: RunJob) -> bool:
        works = self._worker.works(entry)
        checks = [index for index, work in enumerate(works) if work.checks]
        return all((run.root.path, entry.key, index) in self._proof.removed for index in checks)

    def calls(self, run: Run) -> Iterator[Verdict]:
        """Judge the jobs that call a workflow which another run calls, or is, in the same way."""
        for job_id in run.root.jobs:
            entries = [entry for entry in run.under((job_id,)) if len(entry.key) > 1]
            if not entries:
                continue
            known = self._proof.same_call(run, entries, 0)
            if known:
                self._remove(run, known)
                yield self._verdict(run, known, whole=True, depth=0)

    def job(self, run: Run, entry: RunJob) -> Iterator[Verdict]:
        works = self._worker.works(entry)
        known = self._known(run, entry, works)
        if not known:
            return
        whole = nothing_else(works, {found.spot.index for found in known})
        self._remove(run, known)
        if whole:
            yield self._verdict(run, known, whole=True)
        else:
            yield from (self._verdict(run, [found], whole=False) for found in known)

    def called(self, run: Run, entries: list[RunJob]) -> Iterator[Verdict]:
        """Judge a call whose jobs are covered one by one; it goes as a whole or stays."""
        found: list[Known] = []
        for entry in entries if entries and len(entries[0].key) > 1 else ():
            works = self._worker.works(entry)
            known = self._known(run, entry, works)
            if not known or not nothing_else(works, {k.spot.index for k in known}):
                return
            found += known
        if found:
            self._remove(run, found)
            yield self._verdict(run, found, whole=True, depth=0)

    def _known(self, run: Run, entry: RunJob, works: tuple[Work, ...]) -> list[Known]:
        return [
            found
            for index, work in enumerate(works)
            if work.checks
            and (run.root.path, entry.key, index) not in self._proof.removed
            and (found := self._proof.step(run, Spot(entry, works, index)))
        ]

    def _remove(self, run: Run, known: list[Known]) -> None:
        self._proof.removed.update(
            (run.root.path, found.spot.entry.key, found.spot.index) for found in known
        )

    def _verdict(
        self, run: Run, known: list[Known], *, whole: bool, depth: int | None = None
    ) -> Verdict:
        by_identity = {id(c): (o, c) for found in known for o, c in found.covers}
        covers = tuple(by_identity.values())
        missing = dict.fromkeys(lack for found in known for lack in found.missing)
        shipping = self._proof.ships[run.root.path]
        entry = known[0].spot.entry
        depth = len(entry.key) - 1 if depth is None else depth
        if depth:
            path = entry.ways[depth].path
            missing[Missing(f"no other repository calls {path}")] = None
        if not shipping:
            missing[Missing("no branch rule requires a check of this name")] = None
        return Verdict(
            run=run,
            spots=tuple(found.spot for found in known),
            covers=covers,
            missing=tuple(m for m in missing if m.assumption not in self._assumed),
            whole_job=whole,
            cancelled=any(is_cancelled(cover_.match) for _, cover_ in covers),
            ships=shipping,
            depth=depth,
        )


def _addresses(spots: list[tuple[Run, Spot]]) -> set[Address]:
    return {(run.root.path, spot.entry.key, spot.index) for run, spot in spots}


def _together(told: list[Known], known: list[Known]) -> list[Known]:
    """Return the steps of one place with what was found out about those of all places."""
    covers = tuple({id(entry[1]): entry for step in known for entry in step.covers}.values())
    missing = tuple(dict.fromkeys(lack for step in known for lack in step.missing))
    return [Known(step.spot, covers, missing) for step in told]


def _is_later(found: Cover, entry: RunJob) -> bool:
    """Whether the job as it is written ran before, on another occasion."""
    weak = found.match.relation not in (Relation.SAME_RUN, Relation.SAME_EVENT)
    return weak and all(site(spot.entry) == site(entry) for spot in found.spots)
