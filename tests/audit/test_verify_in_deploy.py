"""R1: each relation, and each way in which a check that looks the same is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.audit import Safety
from tests.audit.building import CI, found, only, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

TESTS = """\
- run: pip install -r requirements.txt
- name: Verify
  run: pytest
"""


def _deploy(steps: str = TESTS, on: str = "push: {branches: [main]}", more: str = "") -> str:
    return workflow(steps, on, more)


def test_the_same_push_starts_both(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, deploy=_deploy())
    finding = only(tmp_path, "R1")
    assert finding.message == (
        "`Verify` repeats what the job `test` in .github/workflows/ci.yml checks (E1)"
    )
    assert (finding.place.line, finding.place.last) == (10, 11)
    assert [str(place) for place in finding.related] == [
        ".github/workflows/deploy.yml:3",
        ".github/workflows/ci.yml:3",
        ".github/workflows/ci.yml:12",
    ]
    assert finding.fix is not None
    assert finding.fix.safety is Safety.GATED
    assert finding.facts["verdict"] == "fix"
    assert "gate afterwards: none, both start at once: choose `--gate workflow_run`" in str(
        finding.details
    )


def test_a_needed_job_has_run_it(tmp_path: Path) -> None:
    text = CI + (
        "  deploy:\n    needs: test\n    if: github.ref == 'refs/heads/main'\n"
        "    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"
        "      - run: pip install -r requirements.txt\n      - run: pytest -q\n"
        "      - run: ./deploy.sh\n"
    )
    finding = only(plant(tmp_path, ci=text), "R1")
    assert finding.facts["relation"] == "E0"
    assert finding.fix is not None
    assert finding.fix.safety is Safety.SAFE


def test_a_called_workflow_counts_as_what_it_runs(tmp_path: Path) -> None:
    text = (
        "on: {push: {tags: ['v*']}}\njobs:\n  ci:\n    uses: ./.github/workflows/ci.yml\n"
        "  publish:\n    needs: ci\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - run: pip install -r requirements.txt\n"
        "      - run: pytest\n      - run: twine upload dist/*\n"
    )
    plant(tmp_path, ci=CI.replace("  pull_request:", "  workflow_call:"), release=text)
    found_ = {f.job: f.facts["relation"] for f in found(tmp_path, "R1")}
    assert found_["publish"] == "E0"


AFTER = "workflow_run: {workflows: [CI], types: [completed], branches: [main]}"
HEAD = "- uses: actions/checkout@v4\n  with: {ref: '${{ github.event.workflow_run.head_sha }}'}\n"


def _after_ci(condition: str, checkout: str) -> str:
    text = workflow(TESTS, AFTER).replace("      - uses: actions/checkout@v4\n", "", 1)
    text = text.replace("    steps:\n", f"    {condition}\n    steps:\n")
    body = "".join(f"      {line}\n" for line in checkout.splitlines())
    return text.replace("    steps:\n", f"    steps:\n{body}")


def test_after_the_success_of_ci_on_its_commit(tmp_path: Path) -> None:
    success = "if: github.event.workflow_run.conclusion == 'success'"
    plant(tmp_path, ci=CI, deploy=_after_ci(success, HEAD))
    finding = only(tmp_path, "R1")
    assert finding.facts["relation"] == "E2"
    assert finding.fix is not None
    assert finding.fix.safety is Safety.SAFE


@pytest.mark.parametrize(
    ("condition", "checkout"),
    [
        ("timeout-minutes: 5", HEAD),
        ("if: github.event.workflow_run.conclusion != 'cancelled'", HEAD),
        ("if: github.event.workflow_run.conclusion == 'success'", "- uses: actions/checkout@v4"),
    ],
)
def test_after_any_end_of_ci_or_on_another_commit_is_not_enough(
    tmp_path: Path, condition: str, checkout: str
) -> None:
    plant(tmp_path, ci=CI, deploy=_after_ci(condition, checkout))
    assert found(tmp_path, "R1") == ()


@pytest.mark.parametrize(
    ("on", "ci", "relation", "assumption"),
    [
        ("push: {branches: [main]}", "pull_request:", "E3", "strict-pr"),
        ("push: {branches: [main]}", "merge_group:", "E4", "merge-queue"),
        ("push: {tags: ['v*']}", "push: {branches: [main]}", "E5", "tags-on-main"),
        ("release: {types: [published]}", "push: {branches: [main]}", "E5", "tags-on-main"),
        ("push: {branches: [production]}", "push: {branches: [main]}", "E5", "tags-on-main"),
    ],
)
def test_weaker_relations_are_advice_until_they_are_assumed(
    tmp_path: Path, on: str, ci: str, relation: str, assumption: str
) -> None:
    text = CI.replace("  push:\n    branches: [main]\n  pull_request:\n", f"  {ci}\n")
    plant(tmp_path, ci=text, deploy=_deploy(on=on))
    finding = only(tmp_path, "R1")
    assert finding.facts["relation"] == relation
    assert finding.fix is None
    assert [entry["assumption"] for entry in finding.facts["missing"]] == [assumption]
    assumed = only(tmp_path, "R1", assumed=frozenset({assumption}))
    assert assumed.fix is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("run: pytest\n", "run: pytest -k fast\n"),
        ("run: pytest\n", "run: pytest || true\n"),
        ("run: pytest\n", "run: pytest | tee log\n"),
        ("run: pytest\n", "run: if [ -d tests ]; then pytest; fi\n"),
        ("run: pytest\n", "run: pytest\n        if: github.actor != 'bot'\n"),
        ("run: pytest\n", "run: pytest\n        continue-on-error: true\n"),
        ("run: pytest\n", "run: pytest\n        working-directory: other\n"),
        ("ubuntu-latest", "ubuntu-latest\n    continue-on-error: true"),
        ("ubuntu-latest", "ubuntu-latest\n    if: github.event_name == 'pull_request'"),
        ("ubuntu-latest", "ubuntu-latest\n    if: needs.changes.outputs.python == 'true'"),
        ("ubuntu-latest", "windows-latest"),
        ("ubuntu-latest", "ubuntu-latest\n    container: python:3.8"),
        ("branches: [main]", "branches: [dev]"),
        ("branches: [main]", "branches: [main]\n    paths: ['src/**']"),
        ("branches: [main]", "branches: [main]\n    paths-ignore: [pyproject.toml]"),
        ("actions/checkout@v4", "actions/checkout@v4\n        with: {ref: dev}"),
        ("actions/checkout@v4", "actions/checkout@v4\n        with: {repository: a/b}"),
    ],
)
def test_what_is_not_the_same_is_left_alone(tmp_path: Path, old: str, new: str) -> None:
    ci = CI.replace("  pull_request:\n", "")
    assert old in ci
    plant(tmp_path, ci=ci.replace(old, new), deploy=_deploy())
    assert found(tmp_path, "R1") == ()


def test_a_job_behind_a_filter_of_paths_is_no_proof(tmp_path: Path) -> None:
    changes = (
        "  changes:\n    runs-on: ubuntu-latest\n    if: vars.FILTER\n    steps: [{run: echo}]\n"
    )
    ci = CI.replace("  test:\n", "  test:\n    needs: changes\n") + changes
    plant(tmp_path, ci=ci.replace("  pull_request:\n", ""), deploy=_deploy())
    assert found(tmp_path, "R1") == ()


@pytest.mark.parametrize(
    ("steps", "missing"),
    [
        (
            "- run: pip install -r requirements.txt\n- run: ./generate\n- run: pytest\n",
            "`./generate` runs before it and may change the files",
        ),
        ("- run: uv run pytest\n", "`pytest` is started `uv run` here and by its name there"),
        (
            "- run: pytest\n  env: {DATABASE_URL: x}\n",
            "the variable `DATABASE_URL` is not set there",
        ),
        ("- run: |\n    pytest\n    ./publish\n", "the step also runs `./publish`"),
        (
            "- {id: t, run: pytest}\n- run: echo ${{ steps.t.outcome }}\n",
            "`steps.t` is used",
        ),
        (
            "- run: pytest\n- uses: codecov/codecov-action@v4\n",
            "`codecov/codecov-action@v4` takes what it leaves behind",
        ),
        (
            "- run: pip install -r requirements.txt && pytest\n- run: python build.py\n",
            "`python build.py` uses what `pip` installs in it",
        ),
        (
            "- run: echo MODE=live >> $GITHUB_ENV\n- run: pytest\n",
            "`echo MODE=live >> $GITHUB_ENV` sets variables for it",
        ),
        ("- run: pytest > log\n- run: ./send log\n", "it writes `log`, which is used"),
        (
            "- uses: actions/setup-python@v5\n  with: {python-version: 3.12}\n- run: pytest\n",
            "the version of python is not set in the same way",
        ),
    ],
)
def test_what_is_not_proven_is_named(tmp_path: Path, steps: str, missing: str) -> None:
    plant(tmp_path, ci=CI, deploy=_deploy(steps))
    finding = only(tmp_path, "R1")
    assert finding.fix is None
    assert missing in [entry["text"] for entry in finding.facts["missing"]]


def test_starts_by_hand_are_not_covered(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, deploy=_deploy(on="push: {branches: [main]}\n  workflow_dispatch:"))
    finding = only(tmp_path, "R1")
    assert finding.fix is None
    assert [entry["assumption"] for entry in finding.facts["missing"]] == ["dispatch-on-main"]


def test_a_workflow_that_only_people_start_repeats_nothing(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI + "", deploy=_deploy(on="workflow_dispatch:"))
    assert found(tmp_path, "R1") == ()


@pytest.mark.parametrize(
    ("gate", "fixed"), [(None, False), ("none", False), ("workflow_run", True), ("needs", True)]
)
def test_a_run_that_may_be_cancelled_proves_nothing_without_a_gate(
    tmp_path: Path, gate: str | None, fixed: bool
) -> None:
    group = "concurrency: {group: ci, cancel-in-progress: true}\n"
    plant(tmp_path, ci=group + CI, deploy=_deploy())
    assert (only(tmp_path, "R1", gate=gate).fix is not None) is fixed


@pytest.mark.parametrize(
    "group",
    [
        "{group: ci, cancel-in-progress: \"${{ github.event_name == 'pull_request' }}\"}",
        "{group: 'ci-${{ github.head_ref || github.run_id }}', cancel-in-progress: true}",
        "ci",
    ],
)
def test_a_push_that_nothing_cancels_is_one(tmp_path: Path, group: str) -> None:
    plant(tmp_path, ci=f"concurrency: {group}\n{CI}", deploy=_deploy())
    assert only(tmp_path, "R1").fix is not None


def test_a_wider_matrix_covers_one_version(tmp_path: Path) -> None:
    matrix = "    strategy: {matrix: {py: ['3.11', '3.12']}}\n"
    setup = "- uses: actions/setup-python@v5\n        with: {python-version: '${{ matrix.py }}'}\n"
    ci = CI.replace("    steps:\n", f"{matrix}    steps:\n      {setup}")
    here = "- uses: actions/setup-python@v5\n  with: {python-version: 3.12}\n- run: pytest\n"
    plant(tmp_path, ci=ci, deploy=_deploy(here))
    assert only(tmp_path, "R1").fix is not None
    other = _deploy(here.replace("3.12", "3.13"))
    assert found(plant(tmp_path, deploy=other), "R1") == ()


@pytest.mark.parametrize(
    ("condition", "found_"),
    [
        ("github.ref == 'refs/heads/main'", True),
        ("github.ref_name == 'main' && github.event_name == 'push'", True),
        ("github.ref == 'refs/heads/dev'", False),
        ("github.ref != 'refs/heads/main'", False),
        ("startsWith(github.ref, 'refs/heads/')", False),
    ],
)
def test_a_condition_may_narrow_a_push_to_one_branch(
    tmp_path: Path, condition: str, found_: bool
) -> None:
    text = _deploy(on="push: {branches: ['**']}").replace(
        "    runs-on", f"    if: {condition}\n    runs-on"
    )
    plant(tmp_path, ci=CI.replace("  pull_request:\n", ""), deploy=text)
    assert bool(found(tmp_path, "R1")) is found_


def test_a_whole_job_is_one_finding(tmp_path: Path) -> None:
    text = (
        "on: {push: {branches: [main]}}\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - run: pip install -r requirements.txt\n"
        "      - run: pytest\n  deploy:\n    needs: check\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - run: ./deploy.sh\n"
    )
    finding = only(plant(tmp_path, ci=CI, deploy=text), "R1")
    assert finding.message.startswith("the job `check` repeats what the job `test` in")
    assert (finding.place.line, finding.place.last) == (3, 8)


def test_only_one_of_two_that_repeat_each_other_is_told_to_stop(tmp_path: Path) -> None:
    plant(tmp_path, staging=_deploy(), production=_deploy())
    assert only(tmp_path, "R1").place.path == ".github/workflows/production.yml"


def test_ci_that_repeats_ci_is_advice(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, other=CI.replace("name: CI", "name: Other"))
    finding = only(tmp_path, "R1")
    assert finding.fix is None
    assert finding.severity.word == "medium"


def test_a_script_of_the_package_is_looked_into(tmp_path: Path) -> None:
    ci = CI.replace("pip install -r requirements.txt", "npm ci").replace("pytest", "npx vitest run")
    steps = "- run: npm ci\n- run: npm test\n"
    plant(
        tmp_path,
        ci=ci,
        deploy=_deploy(steps),
        __package_json='{"scripts": {"test": "vitest run"}}',
    )
    finding = only(tmp_path, "R1")
    assert finding.facts["checks"] == ["vitest run"]


def test_a_script_that_also_builds_is_more_than_a_check(tmp_path: Path) -> None:
    ci = CI.replace("pip install -r requirements.txt", "npm ci").replace("pytest", "npm test")
    plant(
        tmp_path,
        ci=ci,
        deploy=_deploy("- run: npm ci\n- run: npm test\n"),
        __package_json='{"scripts": {"test": "vite build && vitest run"}}',
    )
    finding = only(tmp_path, "R1")
    assert "the step also runs `vite build`" in [m["text"] for m in finding.facts["missing"]]


def test_a_task_that_nobody_can_look_into_may_leave_anything_behind(tmp_path: Path) -> None:
    ci = CI.replace("run: pytest", "run: npx turbo run test")
    plant(tmp_path, ci=ci, deploy=_deploy("- run: npx turbo run test\n"))
    finding = only(tmp_path, "R1")
    assert finding.fix is None
    assert [entry["text"] for entry in finding.facts["missing"]] == [
        "what `npx turbo run test` leaves behind is not known"
    ]


def test_r1b_a_workflow_that_is_started_and_called(tmp_path: Path) -> None:
    ci = CI.replace("  pull_request:", "  workflow_call:")
    text = (
        "on: {push: {branches: [main]}}\njobs:\n  ci:\n    uses: ./.github/workflows/ci.yml\n"
        "  deploy:\n    needs: ci\n    runs-on: ubuntu-latest\n    steps: [{run: ./deploy.sh}]\n"
    )
    finding = only(plant(tmp_path, ci=ci, deploy=text), "R1", "R1b")
    assert (finding.rule, finding.job, finding.facts["verdict"]) == ("R1b", "ci", "advise")
    assert finding.fix is not None
    assert (finding.fix.title, finding.fix.safety) == (
        "take `push` out of .github/workflows/ci.yml",
        Safety.UNSAFE,
    )
    assert finding.message == (
        ".github/workflows/ci.yml runs twice on push to main: by itself, and called by this job"
    )
