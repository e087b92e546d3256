"""R1 in workflows that others call, and in folders that variables name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.audit.building import CI, found, only, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

CALLED = """\
on: {workflow_call: }
jobs:
  verify:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt
      - run: pytest
  ship:
    needs: verify
    runs-on: ubuntu-latest
    steps: [{run: ./deploy.sh}]
"""
DEPLOY = """\
on: {push: {branches: [main]}}
jobs:
  backend: {uses: ./.github/workflows/called.yml}
"""
STEPS = "- run: pip install -r requirements.txt\n"


def test_a_called_workflow_that_also_ships_is_judged_by_its_jobs(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, called=CALLED, deploy=DEPLOY)
    finding = only(tmp_path, "R1")
    assert finding.message == (
        "the job `verify` repeats what the job `test` in .github/workflows/ci.yml checks (E1)"
    )
    assert (finding.place.path, finding.place.line) == (".github/workflows/called.yml", 3)
    missing = [entry["text"] for entry in finding.facts["missing"]]
    assert missing == ["no other repository calls .github/workflows/called.yml"]
    assert finding.fix is None


def test_what_another_call_may_need_stays(tmp_path: Path) -> None:
    again = DEPLOY.replace("branches: [main]", "branches: [other]")
    plant(
        tmp_path,
        ci=CI.replace("  pull_request:\n", ""),
        called=CALLED,
        deploy=DEPLOY,
        release=again,
    )
    assert found(tmp_path, "R1") == ()


def test_a_job_goes_for_all_calls_or_for_none(tmp_path: Path) -> None:
    again = DEPLOY.replace("push: {branches: [main]}", "push: {tags: ['v*']}")
    plant(tmp_path, ci=CI, called=CALLED, deploy=DEPLOY, release=again)
    finding = only(tmp_path, "R1")
    assert (finding.place.path, finding.job) == (".github/workflows/called.yml", "verify")
    assert {cover["relation"] for cover in finding.facts["covered_by"]} == {"E1", "E5"}


def test_a_call_that_ships_is_told_which_of_its_parts_ran_before(tmp_path: Path) -> None:
    pull = "on: pull_request\n" + DEPLOY.partition("\n")[2]
    plant(tmp_path, called=CALLED, ci=pull, deploy=DEPLOY)
    finding = only(tmp_path, "R1")
    assert finding.message == (
        "the part `verify` of the job `backend` repeats what the job `verify` in"
        " .github/workflows/ci.yml checks (E3)"
    )
    assert (finding.place.path, finding.place.line) == (".github/workflows/deploy.yml", 3)
    assert "the other calls of the job need it" in [m["text"] for m in finding.facts["missing"]]
    assert (finding.fix, finding.step) == (None, None)


@pytest.mark.parametrize(("needs", "jobs"), [("ship", []), ("test", ["again"])])
def test_what_was_shipped_is_checked_once_more(tmp_path: Path, needs: str, jobs: list[str]) -> None:
    steps = "steps: [{uses: actions/checkout@v4}, {run: pytest}]"
    text = (
        "on: {push: {tags: ['v*']}}\njobs:\n"
        f"  test: {{runs-on: ubuntu-latest, {steps}}}\n"
        "  ship: {runs-on: ubuntu-latest, needs: test, steps: [{run: twine upload dist/*}]}\n"
        f"  again: {{runs-on: ubuntu-latest, needs: {needs}, {steps}}}\n"
    )
    plant(tmp_path, release=text)
    assert [finding.job for finding in found(tmp_path, "R1")] == jobs


NESTED = """\
on: {workflow_call: }
jobs:
  checks: {uses: ./.github/workflows/checks.yml}
  ship: {runs-on: ubuntu-latest, needs: checks, steps: [{run: ./deploy.sh}]}
"""
CHECKS = "on: {push: {branches: [main]}, workflow_call: }\n"


def test_a_call_in_a_called_workflow_goes_for_all_or_for_one(tmp_path: Path) -> None:
    checks = CHECKS + CALLED.partition("\n")[2].partition("  ship:")[0]
    tags = DEPLOY.replace("branches: [main]", "tags: ['v*']")
    other = DEPLOY.replace("[main]", "[main, next]")
    plant(tmp_path, checks=checks, called=NESTED, release=tags, other=other)
    finding = only(tmp_path, "R1")
    assert finding.message.startswith("the part `verify` of the job `backend` repeats")
    assert (finding.place.path, finding.place.line) == (".github/workflows/release.yml", 3)
    plant(tmp_path, other=tags.replace("v*", "r*"))
    finding = only(tmp_path, "R1")
    assert finding.message == (
        "the job `checks` repeats what the job `verify` in .github/workflows/checks.yml checks (E5)"
    )
    assert (finding.place.path, finding.place.line) == (".github/workflows/called.yml", 3)
    missing = [entry["text"] for entry in finding.facts["missing"]]
    assert "no other repository calls .github/workflows/called.yml" in missing
    assert finding.fix is None


def test_two_calls_of_one_job_cover_nobody(tmp_path: Path) -> None:
    plant(tmp_path, called=CALLED, deploy=DEPLOY, again=DEPLOY)
    assert found(tmp_path, "R1") == ()


def test_a_called_workflow_that_starts_by_itself_is_double_whatever_it_does(tmp_path: Path) -> None:
    text = "on: {push: {branches: [main]}, workflow_call: }\n" + CALLED.partition("\n")[2]
    text = text.partition("  ship:")[0].replace("run: pytest", "run: ./who-knows")
    plant(tmp_path, called=text, deploy=DEPLOY)
    finding = only(tmp_path, "R1b")
    assert ".github/workflows/called.yml runs twice on push to main" in finding.message
    assert found(tmp_path, "R1") == ()


@pytest.mark.parametrize(
    ("pattern", "covered"), [("main", True), ("feature/**", False), ("release/*", True)]
)
def test_pull_requests_test_what_lands_on_their_base(
    tmp_path: Path, pattern: str, covered: bool
) -> None:
    pull = CI.replace("  push:\n    branches: [main]\n  pull_request:", "  pull_request: BASES")
    bases = "{branches: [main, 'release/*']}"
    deploy = workflow(f"{STEPS}- run: pytest\n", on=f"push: {{branches: ['{pattern}']}}")
    plant(tmp_path, ci=pull.replace("BASES", bases), deploy=deploy)
    assert bool(found(tmp_path, "R1")) is covered
    plant(tmp_path, ci=pull.replace("BASES", ""))
    assert bool(found(tmp_path, "R1")) is (pattern == "main")


@pytest.mark.parametrize(
    ("here", "covered"),
    [
        ("- run: pytest\n  working-directory: ${{ env.SERVICE }}\n", True),
        ('- run: cd "$SERVICE" && pytest\n', True),
        ("- run: |\n    cd ${SERVICE}\n    pytest\n", True),
        ("- run: pytest\n  working-directory: web\n", False),
        ("- run: cd $OTHER && pytest\n", False),
    ],
)
def test_a_folder_may_be_named_by_a_variable(tmp_path: Path, here: str, covered: bool) -> None:
    ci = CI.replace("run: pytest", "run: pytest\n        working-directory: api")
    plant(tmp_path, ci=ci, deploy=workflow(STEPS + here, more="env: {SERVICE: api}\n"))
    assert bool(found(tmp_path, "R1")) is covered


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("echo A=1 > .env", "the step also runs `echo A=1`"),
        ("rm -rf cache", "the step also runs `rm -rf cache`"),
        ("sed -i s/a/b/ app.py", "the step also runs `sed -i s/a/b/ app.py`"),
        ("sed s/a/b/ app.py", None),
        ("echo testing", None),
    ],
)
def test_what_a_step_changes_for_later_ones_is_named(
    tmp_path: Path, command: str, text: str | None
) -> None:
    steps = f"{STEPS}- run: |\n    pytest\n    {command}\n"
    plant(tmp_path, ci=CI, deploy=workflow(steps))
    missing = [entry["text"] for entry in only(tmp_path, "R1").facts["missing"]]
    assert missing == ([text] if text else [])
