"""Which commit, and which of its files, a job looks at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moonpool.audit.reading.expressions import evaluate
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.reading.expressions import Known
    from moonpool.audit.redundancy.occasions import Occasion
    from moonpool.audit.redundancy.runs import RunJob
    from moonpool.audit.redundancy.spot import Spot
    from moonpool.audit.redundancy.work import Work

__all__ = ["checkout_doubts", "other_files", "plain_checkout"]

_OWN_COMMIT = frozenset({"github.sha", "github.ref", "github.ref_name", "github.event.after"})
_THE_COMMIT = "the commit that started the run"
_OWN_REPOSITORY = ("", "${{ github.repository }}")
_EXPRESSION = re.compile(r"\$\{\{.*\}\}", re.DOTALL)


def plain_checkout(works: Sequence[Work], entry: RunJob, occasion: Occasion) -> bool | None:
    """Whether a job checks out the commit that started the run, and nothing else.

    None where only the run knows.
    """
    given = [work.step.inputs for work in works if work.role is Role.CHECKOUT]
    if not given or any(g.get("repository", "") not in _OWN_REPOSITORY for g in given):
        return False
    answers = [_is_own_commit(inputs.get("ref", ""), entry, occasion) for inputs in given]
    return None if None in answers and False not in answers else all(answers)


def other_files(spot: Spot, other: Spot) -> bool:
    """Whether the two jobs certainly check out other parts, or into other folders."""
    names = ("path", "sparse-checkout")
    return any(_checkout(spot, name) != _checkout(other, name) for name in names)


def checkout_doubts(spot: Spot, other: Spot) -> Iterator[str]:
    """Yield which further files are there only here."""
    for name in ("submodules", "lfs"):
        if _checkout(spot, name) and not _checkout(other, name):
            yield f"the checkout has `{name}` only here"


def _is_own_commit(ref: str, entry: RunJob, occasion: Occasion) -> bool | None:
    if not _EXPRESSION.fullmatch(ref.strip()):
        return not ref
    known = occasion.lookup(entry.inputs)
    unknown: list[str] = []

    def lookup(path: str) -> Known:
        if path in _OWN_COMMIT or (path, occasion.event) in (
            ("github.event.release.tag_name", "release"),
            ("github.event.merge_group.head_sha", "merge_group"),
        ):
            return _THE_COMMIT
        if path.startswith("env."):
            return _variable(path.partition(".")[2], entry, lookup)
        if path.startswith(("needs.", "steps.")):
            unknown.append(path)
        return known(path)

    value = evaluate(ref, lookup)
    if unknown:
        return None
    return value in (_THE_COMMIT, "", None)


def _variable(name: str, entry: RunJob, lookup: object) -> Known:
    given = {**entry.workflow.env, **entry.job.env}
    text = next((value for key, value in given.items() if key.lower() == name), "")
    if not _EXPRESSION.fullmatch(text.strip()):
        return text
    assert callable(lookup)
    return None if "env." in text else evaluate(text, lookup)


def _checkout(spot: Spot, name: str) -> str:
    found = (work.step.inputs.get(name, "") for work in spot.before if work.role is Role.CHECKOUT)
    return " ".join(value for value in found if value not in ("", "false"))
