"""Fixes in SARIF replace exactly the lines that `--fix` would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from moonpool.audit import RULES, Wish, as_sarif, audit, read_repository
from tests.audit.building import CI, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

TESTS = "- run: pip install -r requirements.txt\n- name: Verify\n  run: pytest\n"


def _results(root: Path, rule: str) -> list[dict[str, Any]]:
    repository = read_repository(root)
    findings = audit(repository, Wish(select=frozenset({rule})))
    results = as_sarif(repository, findings, RULES, "1.0.0")["runs"][0]["results"]
    assert isinstance(results, list)
    return results


def _applied(text: str, replacements: list[dict[str, Any]]) -> str:
    """The text with the replacements made, as an editor makes them."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for entry in reversed(replacements):
        region = entry["deletedRegion"]
        first = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:first] + entry.get("insertedContent", {}).get("text", "") + text[end:]
    return text


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_removal_deletes_its_lines(tmp_path: Path, ending: str) -> None:
    deploy = workflow(TESTS).replace("\n", ending)
    plant(tmp_path, ci=CI, deploy=deploy)
    (result,) = _results(tmp_path, "r1")
    (fix,) = result["fixes"]
    assert fix["description"]["text"] == "remove `Verify`; then decide what gates the deploy"
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": ".github/workflows/deploy.yml"}
    left = deploy.replace(f"      - name: Verify{ending}        run: pytest{ending}", "")
    assert _applied(deploy, change["replacements"]) == left


def test_an_insertion_deletes_nothing(tmp_path: Path) -> None:
    text = "on: pull_request\njobs:\n  t:\n    runs-on: x\n    steps: [{run: pytest}]"
    plant(tmp_path, ci=text)
    (result,) = _results(tmp_path, "r5")
    (change,) = result["fixes"][0]["artifactChanges"]
    after = _applied(text, change["replacements"])
    assert after.startswith("on: pull_request\n\nconcurrency:\n  group: ")
    assert after.endswith("steps: [{run: pytest}]")
    assert all(r["deletedRegion"]["startLine"] == 2 for r in change["replacements"])


def test_the_end_of_a_file_without_a_last_line_ending_can_go(tmp_path: Path) -> None:
    steps = "      - run: make\n      - uses: astral-sh/setup-uv@v5"
    text = f"on: pull_request\njobs:\n  t:\n    runs-on: x\n    steps:\n{steps}"
    plant(tmp_path, ci=text)
    (result,) = _results(tmp_path, "r3")
    (fix,) = result["fixes"]
    assert fix["description"]["text"].endswith("; not proven to be safe")
    after = _applied(text, fix["artifactChanges"][0]["replacements"])
    assert after.rstrip("\n") == text.removesuffix("\n      - uses: astral-sh/setup-uv@v5")


def test_what_cannot_be_edited_has_no_fix(tmp_path: Path) -> None:
    steps = "[{uses: astral-sh/setup-uv@v5}, {run: make}]"
    text = f"on: pull_request\njobs: {{t: {{runs-on: x, steps: {steps}}}}}\n"
    plant(tmp_path, ci=text)
    (result,) = _results(tmp_path, "r3")
    assert "fixes" not in result
