"""Whether a job is part of a pipeline, by `workflow: rules` and its own `rules`, `only`, `except`.

A job that has none of these is in all pipelines but those of merge requests; where `workflow`
has rules, it is in these too. The first rule that fits decides.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Any

from moonpool.audit.gitlab.expressions import Unsaid, both, either, evaluate, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from moonpool.audit.gitlab.expressions import Value
    from moonpool.audit.gitlab.occasions import Occasion

    _Exists = Callable[[str], bool | None]

__all__ = ["Start", "listed", "pipeline_starts", "refs_of", "rules_of", "start", "texts"]

_KEYWORDS = frozenset(
    {
        *("api", "branches", "chat", "external", "external_pull_requests", "merge_requests"),
        *("pipelines", "pushes", "schedules", "tags", "triggers", "web"),
    }
)
_REGEX = re.compile(r"/(.+)/([a-z]*)(?:@.*)?")
_WITHOUT_ONLY = ("branches", "tags")


class Start(enum.Enum):
    """How a job starts in a pipeline."""

    ITSELF = "by itself"
    BY_HAND = "by hand"
    AFTER_FAILURE = "after a failure"
    NEVER = "not at all"


_WHEN = {
    "on_success": Start.ITSELF,
    "always": Start.ITSELF,
    "delayed": Start.ITSELF,
    "manual": Start.BY_HAND,
    "on_failure": Start.AFTER_FAILURE,
    "never": Start.NEVER,
}


def pipeline_starts(
    workflow: object, occasion: Occasion, written: Mapping[str, str], exists: _Exists
) -> bool | None:
    """Whether `workflow: rules` let a pipeline start."""
    if not isinstance(workflow, dict) or "rules" not in workflow:
        return True
    fits = _Fits(occasion, written, exists)
    answers = {
        rule is not None and rule.get("when", "always") != "never"
        for rule in fits.deciding(rules_of(workflow))
    }
    return answers.pop() if len(answers) == 1 else None


def start(
    content: Mapping[str, Any],
    occasion: Occasion,
    written: Mapping[str, str],
    exists: _Exists,
    *,
    by_workflow: bool,
) -> Start | None:
    """Return how a job starts, or None where that cannot be known.

    ``by_workflow``: the pipeline has `workflow: rules`.
    """
    own = content.get("variables")
    named = texts(own) if isinstance(own, dict) else {}
    fits = _Fits(occasion, {**written, **named}, exists)
    usual = str(content.get("when", "on_success"))
    if "rules" in content:
        ways = {
            Start.NEVER if rule is None else _WHEN.get(str(rule.get("when", usual)))
            for rule in fits.deciding(rules_of(content))
        }
        return ways.pop() if len(ways) == 1 else None
    only = content.get("only", None if by_workflow else list(_WITHOUT_ONLY))
    answers: list[bool | None] = []
    if only is not None:
        answers.append(fits.policy(only, every=True))
    if content.get("except") is not None:
        left_out = fits.policy(content["except"], every=False)
        answers.append(None if left_out is None else not left_out)
    there = both(answers)
    return {True: _WHEN.get(usual), False: Start.NEVER, None: None}[there]


def rules_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rules of a job or of the workflow; lists that a `!reference` brought are laid flat."""
    return [rule for rule in _flat(content.get("rules")) if isinstance(rule, dict)]


def refs_of(content: Mapping[str, Any]) -> Iterator[str]:
    """The branches that `only` and `except` name."""
    for key in ("only", "except"):
        value = content.get(key)
        listed_ = value.get("refs") if isinstance(value, dict) else value
        for ref in listed(listed_):
            if isinstance(ref, str) and ref not in _KEYWORDS and not _REGEX.fullmatch(ref):
                yield ref.partition("@")[0]


class _Fits:
    """Asks the clauses of rules and policies on one occasion."""

    def __init__(self, occasion: Occasion, written: Mapping[str, str], exists: _Exists) -> None:
        self._occasion, self._written, self._is_there = occasion, written, exists

    def deciding(self, rules: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
        """The rules of which one decides; None stands for none of them."""
        possible: list[dict[str, Any] | None] = []
        for rule in rules:
            fits = self._rule(rule)
            if fits is not False:
                possible.append(rule)
            if fits:
                return possible
        return [*possible, None]

    def _rule(self, rule: Mapping[str, Any]) -> bool | None:
        answers: list[bool | None] = []
        if "if" in rule:
            answers.append(self._expression(str(rule["if"])))
        if "changes" in rule:
            answers.append(None if self._occasion.compares else True)
        if "exists" in rule:
            answers.append(self._exists(rule["exists"]))
        return both(answers)

    def policy(self, policy: object, *, every: bool) -> bool | None:
        """Whether `only` holds (all its parts) or `except` does (one of them)."""
        if not isinstance(policy, dict):
            return either([self._ref(str(ref)) for ref in listed(policy)])
        answers: list[bool | None] = []
        if "refs" in policy:
            answers.append(either([self._ref(str(ref)) for ref in listed(policy["refs"])]))
        if "variables" in policy:
            said = listed(policy["variables"])
            answers.append(either([self._expression(str(text)) for text in said]))
        if "changes" in policy:
            answers.append(None if self._occasion.compares else True)
        if "kubernetes" in policy:
            answers.append(None)
        return both(answers) if every else either(answers)

    def _ref(self, ref: str) -> bool | None:
        if ref in _KEYWORDS:
            return ref in self._occasion.refs
        if self._occasion.is_request:
            return False  # Names are those of branches and tags.
        name: Value = self._occasion.given.get("CI_COMMIT_REF_NAME", Unsaid.UNKNOWN)
        if match := _REGEX.fullmatch(ref):
            return matches(name, match[1], match[2])
        return evaluate(f'$CI_COMMIT_REF_NAME == "{ref.partition("@")[0]}"', self._lookup)

    def _expression(self, text: str) -> bool | None:
        return evaluate(text, self._lookup)

    def _lookup(self, name: str) -> Value:
        return self._occasion.lookup(name, self._written)

    def _exists(self, value: object) -> bool | None:
        paths = value.get("paths") if isinstance(value, dict) else value
        if isinstance(value, dict) and value.keys() - {"paths"}:
            return None  # Of another project.
        return either([self._is_there(str(path)) for path in listed(paths)])


def listed(value: object) -> list[Any]:
    """A list as it is, anything else as a list of one, nothing as an empty one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _flat(value: object) -> Iterator[object]:
    for entry in listed(value):
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def texts(variables: Mapping[str, object]) -> dict[str, str]:
    """The variables whose values are written down, each by itself or with a description."""
    found = {
        name: value.get("value") if isinstance(value, dict) else value
        for name, value in variables.items()
    }
    return {name: value for name, value in found.items() if isinstance(value, str)}
