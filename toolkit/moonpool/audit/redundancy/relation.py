"""How the content of two runs is related: which runs look at a commit that another looks at."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moonpool.audit.reading.expressions import has_status_function
from moonpool.audit.reading.triggers import Trigger
from moonpool.audit.redundancy.occasions import Cause, Occasion, job_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from moonpool.audit.redundancy.runs import Run, RunJob

__all__ = ["Match", "Relation", "by_cause", "matches"]

# Events that start the one workflow that they are meant for.
_ONE_WORKFLOW = frozenset({"workflow_dispatch", "schedule"})
_BEFORE_RELEASE = ("push", "pull_request", "push-tag")
_RELEASE_BRANCH = re.compile(r"prod|stag|release|stable|deploy|live|publish", re.IGNORECASE)


class Relation(enum.Enum):
    """From the strongest to the weakest; the values are the codes that findings carry."""

    SAME_RUN = "E0"
    AFTER_SUCCESS = "E2"
    SAME_EVENT = "E1"
    MERGE_QUEUE = "E4"
    PULL_REQUEST = "E3"
    RELEASE = "E5"

    @property
    def words(self) -> str:
        """What makes the two runs look at the same content."""
        return _WORDS[self]

    @property
    def assumption(self) -> str | None:
        """What `--assume` has to say for the relation to hold; None where it always does."""
        return _ASSUMPTIONS.get(self)

    @property
    def rank(self) -> int:
        return list(Relation).index(self)


_WORDS = {
    Relation.SAME_RUN: "a job that it needs has run it in the same run",
    Relation.AFTER_SUCCESS: "it starts after the success of that run, on the same commit",
    Relation.SAME_EVENT: "the same event starts both, on the same commit",
    Relation.MERGE_QUEUE: "the merge queue tested the commit that lands",
    Relation.PULL_REQUEST: "the pull request was tested, merged with its base as it was then",
    Relation.RELEASE: "the commit was tested when it came to its branch",
}
_ASSUMPTIONS = {
    Relation.MERGE_QUEUE: "merge-queue",
    Relation.PULL_REQUEST: "strict-pr",
    Relation.RELEASE: "tags-on-main",
}


@dataclass(frozen=True)
class Match:
    """A run whose content is related, on its own occasion; ``jobs`` are those that count.

    ``given`` are conditions that hold because the judged job runs under them.
    """

    relation: Relation
    run: Run
    occasion: Occasion
    jobs: tuple[RunJob, ...]
    given: frozenset[str] = frozenset()


def matches(run: Run, entry: RunJob, occasion: Occasion, others: dict[str, Run]) -> Iterator[Match]:
    """Yield the runs that looked at what ``entry`` looks at on this occasion, strongest first."""
    given = frozenset(c.bare for c in entry.conditions if c.bare and "needs." not in c.bare)
    found = [_same_run(run, entry, occasion)]
    for path, other in others.items():
        if path != run.root.path:
            found += _with(occasion, other, given)
    yield from sorted((m for m in found if m.jobs), key=lambda match: match.relation.rank)


def _same_run(run: Run, entry: RunJob, occasion: Occasion) -> Match:
    # A job that runs whatever happened before has no gate in what happened before.
    always = any(has_status_function(condition.text) for condition in entry.conditions)
    before = () if always else tuple(run.upstream(entry.key))
    return Match(Relation.SAME_RUN, run, occasion, before)


def _with(occasion: Occasion, other: Run, given: frozenset[str]) -> Iterator[Match]:
    if occasion.event == "workflow_run":
        cause = occasion.cause
        if cause is not None and cause.path == other.root.path:
            jobs = _running(other, cause.occasion)
            yield Match(Relation.AFTER_SUCCESS, other, cause.occasion, jobs)
        return
    for trigger in other.root.triggers:
        relation = _relation(occasion, Occasion(trigger))
        if relation is not None:
            same = relation is Relation.SAME_EVENT
            there = occasion if same else _narrow(Occasion(trigger), occasion)
            there = replace(there, unlabelled=relation is Relation.PULL_REQUEST)
            # What holds for the one on an event holds for the other on the same event.
            assumed = given if same else frozenset[str]()
            yield Match(relation, other, there, _running(other, there, assumed), assumed)


def _narrow(there: Occasion, here: Occasion) -> Occasion:
    """The other occasion, for the one branch that this one is about."""
    if there.branch or not here.branch or there.event == "push-tag" or here.event != "push":
        return there
    kept = tuple(f for f in there.trigger.filters if f[0] not in ("branches", "branches-ignore"))
    trigger = replace(there.trigger, filters=(("branches", (here.branch,)), *kept))
    return replace(there, trigger=trigger)


def by_cause(occasion: Occasion, runs: Mapping[str, Run]) -> Iterator[Occasion]:
    """Yield a `workflow_run` once for each workflow, and each of its events, that may raise it."""
    if occasion.event != "workflow_run":
        yield occasion
        return
    branches = occasion.trigger.given("branches")
    for name in occasion.trigger.given("workflows") or ():
        known = [path for path, run in runs.items() if run.root.name == name]
        if not known:
            yield occasion  # A workflow that is not here has checked nothing that could be known.
        for path in known:
            for trigger in runs[path].root.triggers:
                if trigger.event != "workflow_call" and _may_follow(trigger, branches):
                    there = Occasion(trigger)
                    if branches and len(branches) == 1 and trigger.event == "push":
                        there = _narrow(there, Occasion(_push(branches[0])))
                    yield replace(occasion, cause=Cause(path, there))


def _may_follow(trigger: Trigger, branches: tuple[str, ...] | None) -> bool:
    if not branches or any(set(branch) & set("*?+![]") for branch in branches):
        return True
    of_push = trigger.event in ("push", "push-tag")
    return not of_push or (trigger.event == "push" and any(map(trigger.accepts, branches)))


def _push(branch: str) -> Trigger:
    return Trigger("push", 0, (("branches", (branch,)),))


def _relation(here: Occasion, there: Occasion) -> Relation | None:
    mine, other = here.trigger, there.trigger
    if here.event in _ONE_WORKFLOW:
        return None
    if mine.within(other):
        return Relation.SAME_EVENT
    if here.event == "push":
        return _of_push(here, there)
    if here.event == "pull_request" and mine.given("types") == ("closed",):
        return Relation.PULL_REQUEST if _is_usual(there) and mine.refs_within(other) else None
    if here.event in ("push-tag", "release") and there.event in (
        "push",
        "pull_request",
        "push-tag",
    ):
        # One tag says nothing of another.
        return None if here.event == there.event else Relation.RELEASE
    return None


def _of_push(here: Occasion, there: Occasion) -> Relation | None:
    if there.event == "merge_group":
        return Relation.MERGE_QUEUE
    branches = here.trigger.given("branches") or ()
    if there.event == "pull_request":
        accepted = bool(branches) and all(_is_base(branch, there) for branch in branches)
        return Relation.PULL_REQUEST if _is_usual(there) and accepted else None
    if there.event == "push" and branches and not any(map(there.trigger.accepts, branches)):
        released = all(_RELEASE_BRANCH.search(branch) for branch in branches)
        return Relation.RELEASE if released else None
    return None


def _is_base(branch: str, there: Occasion) -> bool:
    """Whether pull requests into a branch are tested; work itself goes on in `feature/**`."""
    if set(branch) & set("*?+![]"):
        return branch in (there.trigger.given("branches") or ())
    return there.trigger.accepts(branch)


def _is_usual(there: Occasion) -> bool:
    """Whether a pull request is tested with each of its commits."""
    types = there.trigger.given("types")
    usual = types is None or {"opened", "synchronize"} <= set(types)
    return there.event == "pull_request" and usual


def _running(
    run: Run, occasion: Occasion, given: frozenset[str] = frozenset()
) -> tuple[RunJob, ...]:
    return tuple(e for e in run.jobs.values() if job_runs(run, e, occasion, given) is True)
