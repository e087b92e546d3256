"""R1 and R1b: calls of one workflow, pull requests with labels, and releases that ship nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.audit.building import CI, found, only, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

CHECKS = """\
on:
  workflow_call: {inputs: {again: {type: string}}}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pytest
      - run: ./say-so.sh
        if: failure()
"""
PULL = "on: pull_request\njobs:\n  checks: {uses: ./.github/workflows/checks.yml}\n"
SHIP = """\
on: {push: {branches: [main]}}
jobs:
  checks: {uses: ./.github/workflows/checks.yml}
  ship:
    needs: checks
    runs-on: ubuntu-latest
    steps: [{run: ./deploy.sh}]
"""


def _missing(root: Path) -> list[str]:
    return [entry["text"] for entry in only(root, "R1").facts["missing"]]


def test_a_job_that_does_not_run_here_needs_no_twin(tmp_path: Path) -> None:
    labelled = "    if: contains(github.event.pull_request.labels.*.name, 'slow')\n"
    slow = CHECKS.partition("jobs:\n")[2].replace("  test:\n", f"  slow:\n{labelled}")
    plant(tmp_path, checks=CHECKS + slow, ci=PULL, deploy=SHIP)
    assert only(tmp_path, "R1").job == "checks"


@pytest.mark.parametrize(
    ("condition", "doubted"),
    [
        ("!contains(github.event.pull_request.labels.*.name, 'skip')", True),
        ("github.event_name != 'schedule'", False),
    ],
)
def test_what_a_label_may_leave_out_is_named(tmp_path: Path, condition: str, doubted: bool) -> None:
    checks = CHECKS.replace("    runs-on", f'    if: "{condition}"\n    runs-on', 1)
    plant(tmp_path, checks=checks, ci=PULL, deploy=SHIP)
    text = "a label of the pull request decides whether it ran"
    assert (text in _missing(tmp_path)) is doubted


def test_a_check_that_only_a_label_starts_proves_nothing(tmp_path: Path) -> None:
    condition = "contains(github.event.pull_request.labels.*.name, 'test')"
    ci = CI.replace("  push:\n    branches: [main]\n", "")
    ci = ci.replace("    runs-on", f"    if: {condition}\n    runs-on")
    steps = "- run: pip install -r requirements.txt\n- run: pytest\n"
    plant(tmp_path, ci=ci, deploy=workflow(steps))
    assert found(tmp_path, "R1") == ()


def test_a_step_that_the_other_event_leaves_out_ends_the_comparison(tmp_path: Path) -> None:
    more = "      - run: pytest tests/slow\n        if: github.event_name == 'push'\n"
    plant(tmp_path, checks=CHECKS + more, ci=PULL, deploy=SHIP)
    assert found(tmp_path, "R1") == ()


@pytest.mark.parametrize(
    ("line", "found_"),
    [
        ("concurrency: {group: x}\n", True),
        ("concurrency:\n  group: ci-${{ inputs.again }}\n", True),
        ("env:\n  AGAIN: ${{ inputs.again }}\n", False),
    ],
)
def test_an_input_that_only_names_a_group_of_runs_makes_no_difference(
    tmp_path: Path, line: str, found_: bool
) -> None:
    again = SHIP.replace("checks.yml}", "checks.yml, with: {again: twice}}")
    plant(tmp_path, checks=CHECKS.replace("jobs:\n", f"{line}jobs:\n"), ci=PULL, deploy=again)
    assert bool(found(tmp_path, "R1")) is found_


def test_a_failure_that_counts_for_nothing_is_named(tmp_path: Path) -> None:
    checks = CHECKS.replace("    steps:", "    continue-on-error: true\n    steps:")
    plant(tmp_path, checks=checks, ci=PULL, deploy=SHIP)
    assert "a failure of `pytest` counts for nothing" in _missing(tmp_path)


def test_a_release_repeats_its_branch_also_where_it_ships_nothing(tmp_path: Path) -> None:
    release = CI.replace("push:\n    branches: [main]\n  pull_request:", "release:")
    plant(tmp_path, ci=CI, validate=release)
    finding = only(tmp_path, "R1")
    assert (finding.facts["relation"], finding.severity.word) == ("E5", "medium")


@pytest.mark.parametrize(
    ("command", "severity"),
    [
        ("./scripts/release.sh", "high"),
        ("cp target/release/app app", "medium"),
        ("./release/tools/count.sh", "medium"),
        ("sort $release_notes", "medium"),
        ("tar -czf release.tar.gz app", "medium"),
    ],
)
def test_what_ships_is_told_by_its_own_name(tmp_path: Path, command: str, severity: str) -> None:
    steps = "- run: pip install -r requirements.txt\n- run: pytest\n"
    deploy = workflow(steps).replace("./deploy.sh", command)
    plant(tmp_path, ci=CI, deploy=deploy.replace("  deploy:", "  again:"))
    severities = {finding.severity.word for finding in found(tmp_path, "R1")}
    assert severities == {severity}


def test_a_test_run_that_says_more_is_one(tmp_path: Path) -> None:
    steps = "- run: pip install -r requirements.txt\n- run: pytest -v\n"
    plant(tmp_path, ci=CI, deploy=workflow(steps))
    assert only(tmp_path, "R1").fix is not None


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (
            "pip install -e packages/core",
            "`pip install -e packages/core` runs before it only there",
        ),
        ("pip install pytest-cov", None),
    ],
)
def test_what_is_installed_only_there_may_let_a_test_pass(
    tmp_path: Path, more: str, text: str | None
) -> None:
    ci = CI.replace("      - name: Tests", f"      - run: {more}\n      - name: Tests")
    steps = "- run: pip install -r requirements.txt\n- run: pytest\n"
    plant(tmp_path, ci=ci, deploy=workflow(steps))
    assert _missing(tmp_path) == ([text] if text else [])


@pytest.mark.parametrize(("there", "fixed"), [("clippy, rustfmt", True), ("rustfmt", False)])
def test_a_toolchain_may_have_more_parts_there(tmp_path: Path, there: str, fixed: bool) -> None:
    rust = "- uses: dtolnay/rust-toolchain@stable\n        with: {components: '%s'}\n      "
    ci = CI.replace("- run: pip install -r requirements.txt\n", rust % there + "- run: true\n")
    steps = f"{rust % 'clippy'}- run: cargo test\n".replace("\n      ", "\n")
    steps = steps.replace("        with", "  with")
    plant(tmp_path, ci=ci.replace("run: pytest", "run: cargo test"), deploy=workflow(steps))
    assert (only(tmp_path, "R1").fix is not None) is fixed


def test_legs_that_prepare_something_else_are_other_checks(tmp_path: Path) -> None:
    matrix = "    strategy: {matrix: {sqlite: ['3.40', '3.46']}}\n    steps:\n"
    steps = (
        "- uses: some/setup-sqlite@v1\n  with: {version: '${{ matrix.sqlite }}'}\n"
        "- run: pip install -r requirements.txt\n- run: pytest\n"
    )
    plant(tmp_path, ci=CI, deploy=workflow(steps).replace("    steps:\n", matrix))
    assert found(tmp_path, "R1") == ()


@pytest.mark.parametrize(("place", "found_"), [("after", True), ("before", False)])
def test_another_repository_counts_if_it_is_there_before(
    tmp_path: Path, place: str, found_: bool
) -> None:
    other = "- uses: actions/checkout@v4\n  with: {repository: a/site, path: site}\n"
    steps = "- run: pip install -r requirements.txt\n- run: pytest\n"
    steps = steps + other if place == "after" else other + steps
    plant(tmp_path, ci=CI, deploy=workflow(steps))
    assert bool(found(tmp_path, "R1")) is found_


@pytest.mark.parametrize(
    ("command", "severity"),
    [
        ("npm publish", "high"),
        ("npm publish --dry-run", "medium"),
        ("twine upload dist/*", "high"),
        ("twine check dist/*", "medium"),
        ("goreleaser release --snapshot", "medium"),
    ],
)
def test_a_rehearsal_ships_nothing(tmp_path: Path, command: str, severity: str) -> None:
    steps = "- run: pip install -r requirements.txt\n- run: pytest\n"
    deploy = workflow(steps).replace("./deploy.sh", command)
    plant(tmp_path, ci=CI, deploy=deploy)
    assert {finding.severity.word for finding in found(tmp_path, "R1")} == {severity}


def test_cargo_with_all_targets_leaves_tests_out(tmp_path: Path) -> None:
    ci = CI.replace("run: pytest", "run: cargo test --all-targets")
    steps = "- run: pip install -r requirements.txt\n- run: cargo test\n"
    plant(tmp_path, ci=ci, deploy=workflow(steps))
    text = "with `--all-targets` cargo leaves the tests in documentation out"
    assert _missing(tmp_path) == [text]


def test_collecting_tests_is_no_run_of_them(tmp_path: Path) -> None:
    ci = CI.replace("run: pytest", "run: pytest --collect-only")
    steps = "- run: pip install -r requirements.txt\n- run: pytest\n"
    plant(tmp_path, ci=ci, deploy=workflow(steps))
    assert found(tmp_path, "R1") == ()
