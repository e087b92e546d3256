"""Finds the steps of a repository's workflows that repeat a check, and judges each.

Where two workflows repeat each other, only one of them is told to stop: the one that ships before
the one that does not, then the one that calls another, then the one with fewer occasions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import kind_by_name
from moonpool.audit.redundancy.besides import keeps, more_than_checks, nothing_else
from moonpool.audit.redundancy.cancelling import is_cancelled
from moonpool.audit.redundancy.checkout import plain_checkout
from moonpool.audit.redundancy.covering import cover, same_call
from moonpool.audit.redundancy.missing import by_hand, by_the_way, unchecked, unproven
from moonpool.audit.redundancy.occasions import Occasion, job_runs, narrowed, occasions, step_runs
from moonpool.audit.redundancy.relation import Relation, by_cause, matches
from moonpool.audit.redundancy.spot import Spot
from moonpool.audit.redundancy.steps import check_keys, commands, ships, site
from moonpool.audit.redundancy.verdict import Missing, Verdict
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.redundancy.covering import Address, Cover
    from moonpool.audit.redundancy.relation import Match
    from moonpool.audit.redundancy.runs import Run, RunJob
    from moonpool.audit.redundancy.work import Work, Worker

__all__ = ["decide", "ships"]

# A release is on its way then, whether or not a workflow ships something itself.
_OF_RELEASES = frozenset({"release", "push-tag"})
_HEAD_SHA = "github.event.workflow_run.head_sha"


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
    return [*found, *judge.everywhere()]


@dataclass(frozen=True)
class _Known:
    """What was found out about one step."""

    spot: Spot
    covers: tuple[tuple[Occasion, Cover], ...]
    missing: tuple[Missing, ...]


class _Judge:
    def __init__(self, runs: dict[str, Run], worker: Worker, assumed: frozenset[str]) -> None:
        self._runs, self._worker, self._assumed = runs, worker, assumed
        self._ships = {path: ships(run, worker) for path, run in runs.items()}
        self._keys = {path: check_keys(run, worker) for path, run in runs.items()}
        self._removed: set[Address] = set()
        self._sites: dict[tuple[str, str], list[tuple[Run, RunJob]]] = {}
        for run in runs.values():
            for entry in run.jobs.values() if any(occasions(run.root)) else ():
                self._sites.setdefault(site(entry), []).append((run, entry))

    def order(self, run: Run) -> tuple[bool, bool, int, str]:
        """Runs are judged, and told to stop repeating, in this order."""
        calls = any(len(key) > 1 for key in run.jobs)
        path = run.root.path
        return not self._ships[path], not calls, len(run.root.triggers), path

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
            before = set(self._removed)
            # They are one job, so none of them covers another.
            self._removed |= {(r.root.path, e.key, i) for r, e in left for i in range(len(works))}
            for index, work in enumerate(works):
                spots = [(r, Spot(e, self._worker.works(e), index)) for r, e in left]
                known = [self._step(r, s) for r, s in spots if work.checks]
                whole = [found for found in known if found is not None]
                if not known or len(whole) < len(known):
                    continue
                before |= {(r.root.path, s.entry.key, index) for r, s in spots}
                covers = tuple(cover for found in whole for cover in found.covers)
                missing = tuple(dict.fromkeys(m for found in whole for m in found.missing))
                step = _Known(spots[0][1], covers, missing)
                yield self._verdict(left[0][0], [step], whole=False)
            self._removed = before

    def _is_gone(self, run: Run, entry: RunJob) -> bool:
        works = self._worker.works(entry)
        checks = [index for index, work in enumerate(works) if work.checks]
        return all((run.root.path, entry.key, index) in self._removed for index in checks)

    def calls(self, run: Run) -> Iterator[Verdict]:
        """Judge the jobs that call a workflow which another run calls, or is, in the same way."""
        for job_id in run.root.jobs:
            entries = [entry for entry in run.below(job_id) if len(entry.key) > 1]
            if not entries:
                continue
            known = self._same_call(run, entries)
            if known:
                self._remove(run, known)
                yield self._verdict(run, known, whole=True, call=True)

    def _same_call(self, run: Run, entries: list[RunJob]) -> list[_Known]:
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
            found = same_call(run, entries, spots, occasion, self._runs, self._removed)
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
        return [_Known(spot, tuple(covers), tuple(missing)) for spot in spots] if covers else []

    def _ships_on(self, entry: RunJob, occasion: Occasion) -> bool:
        works = self._worker.works(entry)
        return bool(entry.job.content.get("environment")) or any(
            work.ships and step_runs(entry, work.step, occasion) is not False for work in works
        )

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
        found: list[_Known] = []
        for entry in entries if entries and len(entries[0].key) > 1 else ():
            works = self._worker.works(entry)
            known = self._known(run, entry, works)
            if not known or not nothing_else(works, {k.spot.index for k in known}):
                return
            found += known
        if found:
            self._remove(run, found)
            yield self._verdict(run, found, whole=True, call=True)

    def _known(self, run: Run, entry: RunJob, works: tuple[Work, ...]) -> list[_Known]:
        return [
            found
            for index, work in enumerate(works)
            if work.checks
            and (run.root.path, entry.key, index) not in self._removed
            and (found := self._step(run, Spot(entry, works, index)))
        ]

    def _remove(self, run: Run, known: list[_Known]) -> None:
        self._removed.update(
            (run.root.path, found.spot.entry.key, found.spot.index) for found in known
        )

    def _verdict(
        self, run: Run, known: list[_Known], *, whole: bool, call: bool = False
    ) -> Verdict:
        by_identity = {id(c): (o, c) for found in known for o, c in found.covers}
        covers = tuple(by_identity.values())
        missing = dict.fromkeys(entry for found in known for entry in found.missing)
        shipping = self._ships[run.root.path]
        inside = len(known[0].spot.entry.key) > 1 and not call
        if inside:
            path = known[0].spot.entry.workflow.path
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
            inside=inside,
        )

    def _step(self, run: Run, spot: Spot) -> _Known | None:
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
        return _Known(spot, tuple(covers), tuple(dict.fromkeys(missing)))

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
            found = cover(spot, match, self._worker, frozenset(self._removed))
            if found is not None and (best is None or found.rank < best.rank):
                best = found
        return best

    def _same_content(self, run: Run, spot: Spot, occasion: Occasion, match: Match) -> bool:
        if match.relation is Relation.AFTER_SUCCESS:
            return _follows_success(run, spot, occasion)
        mine, theirs = self._ships[run.root.path], self._ships[match.run.root.path]
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
