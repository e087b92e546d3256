"""The occasions on which a workflow starts, and which jobs and steps run on each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moonpool.audit.reading.expressions import (
    OWN,
    UNKNOWN,
    Partial,
    evaluate,
    has_status_function,
)
from moonpool.audit.reading.triggers import Trigger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from moonpool.audit.reading.expressions import Known
    from moonpool.audit.reading.workflow import Step, Workflow
    from moonpool.audit.redundancy.runs import Condition, Run, RunJob

__all__ = ["Cause", "Occasion", "job_runs", "narrowed", "occasions", "step_runs"]

_BY_HAND = frozenset({"workflow_dispatch", "repository_dispatch"})
_NAMED = re.compile(r"refs/heads/([\w./-]+)'|ref_name\s*==\s*'([\w./-]+)'")
# git allows no branch of this name.
_NO_BRANCH = "~"


@dataclass(frozen=True)
class Cause:
    """The workflow whose end raises a `workflow_run`, and what had started it."""

    path: str
    occasion: Occasion


@dataclass(frozen=True)
class Occasion:
    """One event, narrowed to one branch where the trigger names them one by one."""

    trigger: Trigger
    conclusion: str = "success"  # Of the run that a `workflow_run` follows.
    unnamed: bool = False  # It is none of the branches that conditions name.
    cause: Cause | None = None  # Of a `workflow_run`, where it is known.
    unlabelled: bool = False  # It is a pull request that nobody has given a label.

    @property
    def event(self) -> str:
        return self.trigger.event

    @property
    def branch(self) -> str | None:
        """The branch, where it is certain."""
        return self.trigger.only_ref

    @property
    def words(self) -> str:
        """The occasion as people say it."""
        if self.event == "push-tag":
            return "push of a tag"
        return f"{self.event} to {self.branch}" if self.branch else self.event

    def lookup(self, inputs: Mapping[str, str] | None) -> Callable[[str], Known]:
        """What the contexts of an expression hold on this occasion."""
        facts = self._facts()

        def known(path: str) -> Known:
            if path.startswith("inputs.") and inputs is not None:
                return _input(inputs, path.partition(".")[2])
            if path.startswith(("inputs.", "github.event.inputs.")):
                return UNKNOWN if self.event in _BY_HAND else None
            above = (path[:end] for end in range(len(path)) if path[end] == ".")
            if any(facts.get(name, UNKNOWN) is None for name in above):
                return None  # Nothing has no parts.
            return facts.get(path, UNKNOWN)

        return known

    def _facts(self) -> dict[str, Known]:
        event = "push" if self.event == "push-tag" else self.event
        facts: dict[str, Known] = {
            "github.event_name": event,
            "github.repository": OWN,
            "github.repository_owner": OWN,
            "github.event.repository.fork": False,
        }
        facts |= self._ref_facts(event)
        if event not in ("pull_request", "pull_request_target"):
            facts["github.event.pull_request"] = None
        if self.unlabelled:
            facts["github.event.pull_request.labels.*.name"] = ""
        types = self.trigger.given("types") or ()
        if len(types) == 1:
            facts["github.event.action"] = types[0]
        if event == "workflow_run":
            facts |= self._cause_facts()
        return facts

    def _ref_facts(self, event: str) -> dict[str, Known]:
        if self.event in ("push-tag", "release"):
            of_tag: dict[str, Known] = {"github.ref": Partial("refs/tags/")}
            return {
                **of_tag,
                "github.ref_type": "tag",
                "github.head_ref": "",
                "github.base_ref": "",
            }
        if event == "push":
            branch = _NO_BRANCH if self.unnamed else self.branch
            ref: Known = f"refs/heads/{branch}" if branch else Partial("refs/heads/")
            named = {"github.ref": ref, "github.ref_name": branch or UNKNOWN}
            return {
                **named,
                "github.ref_type": "branch",
                "github.head_ref": "",
                "github.base_ref": "",
            }
        if event in ("workflow_run", "schedule"):
            # They run on the default branch, whatever caused them.
            return {"github.ref": Partial("refs/heads/"), "github.ref_type": "branch"}
        if event in ("pull_request", "pull_request_target"):
            base: Known = self.branch or UNKNOWN
            return {"github.ref": Partial("refs/pull/"), "github.base_ref": base}
        return {}

    def _cause_facts(self) -> dict[str, Known]:
        facts: dict[str, Known] = {"github.event.workflow_run.conclusion": self.conclusion}
        if self.cause is not None:
            before = self.cause.occasion
            event = "push" if before.event == "push-tag" else before.event
            facts["github.event.workflow_run.event"] = event
            if event == "push" and before.branch:
                facts["github.event.workflow_run.head_branch"] = before.branch
        return facts


def occasions(workflow: Workflow) -> Iterator[Occasion]:
    """Yield the occasions on which a workflow starts by itself, one for each branch it names."""
    for trigger in workflow.triggers:
        if trigger.event == "workflow_call":
            continue
        branches = trigger.given("branches") or ()
        literal = [b for b in branches if not set(b) & set("*?+![]")]
        if len(branches) > 1 and len(literal) == len(branches):
            for branch in branches:
                others = tuple(f for f in trigger.filters if f[0] != "branches")
                yield Occasion(replace(trigger, filters=(("branches", (branch,)), *others)))
        else:
            yield Occasion(trigger)


def narrowed(occasion: Occasion, entry: RunJob, step: Step) -> list[Occasion]:
    """Split a push to any branch by the branches that the conditions of a step name."""
    texts = [*(condition.text for condition in entry.conditions), step.condition or ""]
    text = " ".join(texts)
    names = dict.fromkeys(name for pair in _NAMED.findall(text) for name in pair if name)
    open_ = occasion.event == "push" and occasion.branch is None
    if not open_ or not names or "startsWith" in text or "contains" in text:
        return [occasion]
    others = tuple(f for f in occasion.trigger.filters if not f[0].startswith("branches"))
    line = occasion.trigger.line
    return [
        *(
            replace(occasion, trigger=Trigger("push", line, (("branches", (name,)), *others)))
            for name in names
            if occasion.trigger.accepts(name)
        ),
        replace(occasion, unnamed=True),
    ]


def job_runs(
    run: Run, entry: RunJob, occasion: Occasion, given: frozenset[str] = frozenset()
) -> bool | None:
    """Whether a job runs, all jobs that it waits for included; None where nobody can tell.

    Conditions in ``given``, without braces, are known to hold.
    """
    answers = [_holds(entry.conditions, occasion, given)]
    if not any(has_status_function(condition.text) for condition in entry.conditions):
        answers += [_holds(need.conditions, occasion, given) for need in run.upstream(entry.key)]
    return _all(answers)


def step_runs(entry: RunJob, step: Step, occasion: Occasion) -> bool | None:
    """Whether a step runs when its job does; None where nobody can tell."""
    if step.condition is None:
        return True
    return _truth(evaluate(step.condition, occasion.lookup(entry.inputs)))


def _holds(
    conditions: tuple[Condition, ...], occasion: Occasion, given: frozenset[str]
) -> bool | None:
    asked = (condition for condition in conditions if condition.bare not in given)
    return _all([_truth(evaluate(c.text, occasion.lookup(c.inputs))) for c in asked])


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _truth(value: Known) -> bool | None:
    return None if value is UNKNOWN or isinstance(value, Partial) else bool(value)


def _input(inputs: Mapping[str, str], name: str) -> Known:
    found = next((value for key, value in inputs.items() if key.lower() == name), None)
    if found is None or "${{" in found:
        return UNKNOWN if found else None
    return {"true": True, "false": False}.get(found.lower(), found)
