"""The pipelines that GitLab starts, and what their variables hold in each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.audit.gitlab.expressions import Unsaid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from moonpool.audit.gitlab.expressions import Value

__all__ = ["MERGE_REQUEST", "Occasion", "occasions"]

MERGE_REQUEST = "merge_request_event"
_USUAL = ("main", "master", "trunk")
_NAMED = re.compile(
    r"\$\{?CI_(?:COMMIT_(?:BRANCH|REF_NAME)|MERGE_REQUEST_TARGET_BRANCH_NAME)\}?\s*[!=]=\s*"
    r"[\"']([^\"'$]+)[\"']"
)
# What a change usually is: not marked in its message, and by nobody who is named.
_ORDINARY: dict[str, Value] = {
    "CI": "true",
    "GITLAB_CI": "true",
    "CI_COMMIT_MESSAGE": "Change",
    "CI_COMMIT_TITLE": "Change",
    "CI_COMMIT_DESCRIPTION": None,
    "CI_COMMIT_AUTHOR": Unsaid.OTHER,
    "GITLAB_USER_LOGIN": Unsaid.OTHER,
    "GITLAB_USER_EMAIL": Unsaid.OTHER,
    "CI_PROJECT_PATH": Unsaid.OWN,
    "CI_PROJECT_NAME": Unsaid.OWN,
    "CI_PROJECT_ID": Unsaid.OWN,
    "CI_PROJECT_NAMESPACE": Unsaid.OWN,
    "CI_PROJECT_ROOT_NAMESPACE": Unsaid.OWN,
    "CI_SERVER_HOST": Unsaid.OWN,
    "CI_COMMIT_TAG": None,
    "CI_COMMIT_BRANCH": None,
    "CI_OPEN_MERGE_REQUESTS": None,
}


@dataclass(frozen=True)
class Occasion:
    """One kind of pipeline.

    ``refs`` is what `only` and `except` call it; ``compares`` whether `changes` looks at files,
    since outside of pushes and merge requests it always holds. ``given`` are the variables that
    GitLab sets, and with ``asked`` people may have set any other.
    """

    words: str
    given: Mapping[str, Value]
    refs: frozenset[str]
    branch: Value = None
    compares: bool = True
    asked: bool = False

    @property
    def is_request(self) -> bool:
        return self.given["CI_PIPELINE_SOURCE"] == MERGE_REQUEST

    @property
    def is_tag(self) -> bool:
        return self.given["CI_COMMIT_TAG"] is Unsaid.TAG

    @property
    def is_default(self) -> bool:
        """Whether it is a push to the branch that others are merged into."""
        default = self.branch is not None and self.branch == self.given["CI_DEFAULT_BRANCH"]
        return default and self.given["CI_PIPELINE_SOURCE"] == "push"

    @property
    def is_double(self) -> bool:
        """Whether a pipeline of a merge request starts with the same push."""
        return not self.is_request and self.given["CI_OPEN_MERGE_REQUESTS"] is Unsaid.SOME

    def lookup(self, name: str, written: Mapping[str, str]) -> Value:
        """What a variable holds; ``written`` are those of the file."""
        if name in self.given:
            return self.given[name]
        if name.startswith("CI_MERGE_REQUEST_") and not self.is_request:
            return None
        return written.get(name, Unsaid.UNKNOWN) if not self.asked else Unsaid.UNKNOWN


def occasions(conditions: str, refs: Iterable[str]) -> tuple[Occasion, ...]:
    """Return what may start a pipeline whose rules speak of these branches.

    ``conditions`` are all expressions in one text, ``refs`` the words of `only` and `except`.
    """
    named = dict.fromkeys([*_NAMED.findall(conditions), *refs])
    usual = [name for name in named if name in _USUAL]
    default: Value = usual[0] if len(usual) == 1 else Unsaid.DEFAULT
    branches = [default, *(name for name in named if name != default)]
    request: dict[str, Value] = {
        "CI_MERGE_REQUEST_ID": Unsaid.SOME,
        "CI_MERGE_REQUEST_IID": Unsaid.SOME,
        "CI_MERGE_REQUEST_TITLE": "Change",
        "CI_MERGE_REQUEST_LABELS": None,
        "CI_MERGE_REQUEST_DRAFT": "false",
        "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": default,
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": Unsaid.OTHER,
        "CI_MERGE_REQUEST_PROJECT_PATH": Unsaid.OWN,
        "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": Unsaid.OWN,
        "CI_COMMIT_REF_NAME": Unsaid.OTHER,
        "CI_OPEN_MERGE_REQUESTS": Unsaid.SOME,
    }
    return (
        *(_push(branch, default) for branch in branches),
        _push(Unsaid.OTHER, default),
        _push(Unsaid.OTHER, default, open_=True),
        _occasion("a merge request", MERGE_REQUEST, default, request, "merge_requests"),
        _occasion(
            "a tag",
            "push",
            default,
            {"CI_COMMIT_TAG": Unsaid.TAG, "CI_COMMIT_REF_NAME": Unsaid.TAG},
            "tags pushes",
            compares=False,
        ),
        _started("a schedule", "schedule", default),
        _started("a start by hand", "web", default),
    )


def _push(branch: Value, default: Value, *, open_: bool = False) -> Occasion:
    where = {
        "CI_COMMIT_BRANCH": branch,
        "CI_COMMIT_REF_NAME": branch,
        "CI_OPEN_MERGE_REQUESTS": Unsaid.SOME if open_ else None,
    }
    named = f"`{branch}`" if isinstance(branch, str) else "the default branch"
    words = f"a push to {'a branch' if branch is Unsaid.OTHER else named}"
    more = " with a merge request" if open_ else ""
    return _occasion(words + more, "push", default, where, "branches pushes")


def _started(words: str, source: str, default: Value) -> Occasion:
    where: dict[str, Value] = {"CI_COMMIT_BRANCH": default, "CI_COMMIT_REF_NAME": default}
    refs = f"branches {source} {source}s"
    return _occasion(words, source, default, where, refs, compares=False, asked=True)


def _occasion(
    words: str,
    source: str,
    default: Value,
    where: dict[str, Value],
    refs: str,
    *,
    compares: bool = True,
    asked: bool = False,
) -> Occasion:
    own: dict[str, Value] = {"CI_PIPELINE_SOURCE": source, "CI_DEFAULT_BRANCH": default}
    given = {**_ORDINARY, **own, **where}
    branch = given["CI_COMMIT_BRANCH"]
    return Occasion(words, given, frozenset(refs.split()), branch, compares, asked)
