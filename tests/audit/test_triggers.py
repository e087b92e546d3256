from __future__ import annotations

import pytest

from moonpool.audit.reading.source import Problem, Source
from moonpool.audit.reading.tree import parse
from moonpool.audit.reading.triggers import Trigger, read_triggers


def _triggers(text: str) -> tuple[Trigger, ...]:
    tree = parse(Source("", text))
    assert not isinstance(tree, Problem)
    return read_triggers(tree)


def _one(text: str) -> Trigger:
    (trigger,) = _triggers(text)
    return trigger


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("push", ["push", "push-tag"]),
        ("[pull_request, push]", ["pull_request", "push", "push-tag"]),
        ("push: {branches: [main]}", ["push"]),
        ("push: {tags: [v*]}", ["push-tag"]),
        ("push: {branches: [main], tags: [v*]}", ["push", "push-tag"]),
        ("push: {paths: [src/**]}", ["push", "push-tag"]),
        ("push: {tags-ignore: [v*]}", ["push-tag"]),
        ("push:\npull_request:", ["push", "push-tag", "pull_request"]),
    ],
)
def test_a_push_is_of_branches_of_tags_or_of_both(text: str, events: list[str]) -> None:
    assert [trigger.event for trigger in _triggers(text)] == events


def test_paths_do_not_count_for_tags() -> None:
    assert _triggers("push: {paths: [src/**]}")[1].given("paths") is None


@pytest.mark.parametrize(
    ("filters", "branch", "accepted"),
    [
        ("branches: [main]", "main", True),
        ("branches: [main]", "maint", False),
        ("branches: ['release/*']", "release/1", True),
        ("branches: ['release/*']", "release/1/2", False),
        ("branches: ['release/**']", "release/1/2", True),
        ("branches: ['**', '!wip']", "wip", False),
        ("branches: ['!wip', '**']", "wip", True),
        ("branches-ignore: [wip]", "wip", False),
        ("branches-ignore: [wip]", "main", True),
        ("branches: ['v[0-9].x']", "v2.x", True),
        ("branches: ['[']", "[", True),
    ],
)
def test_patterns_are_githubs(filters: str, branch: str, accepted: bool) -> None:
    assert _one(f"push: {{{filters}}}").accepts(branch) is accepted


@pytest.mark.parametrize(
    ("mine", "other", "within"),
    [
        ("push: {branches: [main]}", "push: {branches: [main]}", True),
        ("push: {branches: [main]}", "push: {branches: [main, dev]}", True),
        ("push: {branches: [main, dev]}", "push: {branches: [main]}", False),
        ("push: {branches: [main]}", "push: {branches: ['**']}", True),
        ("push: {branches: ['release/*']}", "push: {branches: ['*']}", False),
        ("push: {branches: [main]}", "push: {branches-ignore: [main]}", False),
        ("push: {branches: [main]}", "push: {branches: [main], paths: [src/**]}", False),
        ("push: {branches: [main], paths: [a]}", "push: {branches: [main], paths: [a]}", True),
        ("push: {branches: [main], paths: [a]}", "push: {branches: [main]}", True),
        (
            "push: {branches: [main], paths: [a]}",
            "push: {branches: [main], paths-ignore: [a]}",
            False,
        ),
        ("pull_request: {types: [closed]}", "pull_request:", False),
        ("pull_request:", "pull_request: {types: [opened, synchronize, reopened]}", True),
        ("pull_request:", "pull_request: {types: [opened]}", False),
        ("push: {branches: [main]}", "pull_request: {branches: [main]}", False),
    ],
)
def test_one_trigger_lies_within_another(mine: str, other: str, within: bool) -> None:
    assert _one(mine).within(_one(other)) is within


def test_all_branches_do_not_lie_within_one() -> None:
    every = _triggers("push")[0]
    assert not every.within(_one("push: {branches: [main]}"))
    assert every.within(every)
