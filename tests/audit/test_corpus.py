"""The labels by which the audit is measured say what they have to (see benchmarks/)."""

from __future__ import annotations

import json
import re
from pathlib import Path

CASES = json.loads((Path(__file__).parent / "corpus.json").read_text(encoding="utf-8"))["cases"]


def test_there_are_enough_cases_and_half_of_them_are_near_misses() -> None:
    assert len({case["repository"] for case in CASES}) == len(CASES) >= 40
    assert 2 * sum(not case["redundant"] for case in CASES) >= len(CASES)


def test_every_case_has_a_commit_and_a_reason() -> None:
    for case in CASES:
        assert re.fullmatch(r"[0-9a-f]{40}", case["commit"]), case["repository"]
        assert len(case["reason"]) > 20, case["repository"]


def test_only_what_can_be_proven_is_labelled_as_a_fix() -> None:
    for case in CASES:
        for label in case["redundant"]:
            strong = label["relation"] in ("E0", "E1", "E2")
            assert label["verdict"] in (("fix", "advise") if strong else ("advise",))


def test_what_was_found_at_first_sight_is_no_more_than_was_labelled() -> None:
    rounds = json.loads((Path(__file__).parent / "corpus.json").read_text(encoding="utf-8"))
    found, wanted = map(sum, zip(*rounds["at_first_sight"], strict=True))
    assert 0 < found <= wanted <= sum(len(case["redundant"]) for case in CASES)


def test_the_first_case_is_the_one_that_this_began_with() -> None:
    assert CASES[0]["repository"] == "wangzitian0/finance_report"
    assert CASES[0]["redundant"][0]["workflow"] == "staging-deploy.yml"
