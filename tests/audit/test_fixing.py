"""What `--fix` makes of whole repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.audit import Gate, Safety, Wish, audit, fix_all, read_repository, write_changed
from tests.audit.building import CI, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

    from moonpool.audit import Fixed

DEPLOY = workflow("- run: pip install -r requirements.txt\n- name: Verify\n  run: pytest\n")


def _fix(root: Path, gate: Gate | None = Gate.NONE, rule: str = "r1") -> Fixed:
    repository = read_repository(root)
    wish = Wish(select=frozenset({rule}), gate=gate)
    allowed = {Safety.SAFE} | ({Safety.GATED} if gate else set())
    fixed = fix_all(repository, lambda r: audit(r, wish), frozenset(allowed))
    write_changed(repository, fixed.repository)
    return fixed


def _text(root: Path, name: str = "deploy") -> str:
    return (root / f".github/workflows/{name}.yml").read_bytes().decode()


def test_the_step_goes_and_nothing_else(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, deploy=DEPLOY)
    fixed = _fix(tmp_path)
    assert [finding.rule for finding in fixed.done] == ["R1"]
    assert fixed.left == ()
    assert _text(tmp_path) == DEPLOY.replace("      - name: Verify\n        run: pytest\n", "")
    assert _text(tmp_path, "ci") == CI


def test_without_a_gate_nothing_is_done(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, deploy=DEPLOY)
    assert _fix(tmp_path, gate=None).done == ()
    assert _text(tmp_path) == DEPLOY


def test_line_endings_mark_and_mode_stay(tmp_path: Path) -> None:
    text = "\ufeff" + DEPLOY.replace("\n", "\r\n").removesuffix("\r\n")
    plant(tmp_path, ci=CI, deploy=text)
    file = tmp_path / ".github/workflows/deploy.yml"
    file.chmod(0o640)
    _fix(tmp_path)
    expected = text.replace("      - name: Verify\r\n        run: pytest\r\n", "")
    assert _text(tmp_path) == expected
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_link_within_the_repository_stays_a_link(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, ci__deploy_yml=DEPLOY)
    link = tmp_path / ".github/workflows/deploy.yml"
    link.symlink_to(tmp_path / "ci/deploy.yml")
    _fix(tmp_path)
    assert link.is_symlink()
    assert "Verify" not in (tmp_path / "ci/deploy.yml").read_text()


def test_the_gate_workflow_run_starts_it_after_the_other(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, deploy=DEPLOY)
    assert _fix(tmp_path, gate=Gate.WORKFLOW_RUN).refused == ()
    assert _text(tmp_path) == (
        "name: Deploy\non:\n  workflow_run:\n    workflows: [CI]\n    types: [completed]\n"
        "    branches: [main]\njobs:\n  deploy:\n"
        "    if: github.event.workflow_run.conclusion == 'success'\n"
        "    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"
        "        with:\n          ref: ${{ github.event.workflow_run.head_sha }}\n"
        "      - run: pip install -r requirements.txt\n      - run: ./deploy.sh\n"
    )


def test_the_gate_needs_lets_the_other_call_it(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, deploy=DEPLOY)
    assert _fix(tmp_path, gate=Gate.NEEDS).refused == ()
    assert _text(tmp_path, "ci") == CI + (
        "\n  deploy:\n    needs: [test]\n"
        "    if: github.event_name == 'push' && github.ref == 'refs/heads/main'\n"
        "    uses: ./.github/workflows/deploy.yml\n    secrets: inherit\n"
    )
    assert _text(tmp_path).startswith("name: Deploy\non:\n  workflow_call:\njobs:\n")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("./deploy.sh", "./deploy.sh ${{ github.sha }}", "`github.sha` would say something else"),
        ("./deploy.sh", "./deploy.sh $GITHUB_SHA", "`GITHUB_SHA` would say something else"),
        ("run: ./deploy.sh", "uses: docker/metadata-action@v5", "reads the commit of the event"),
        ("    runs-on", "    if: vars.ON\n    runs-on", "has a condition already"),
    ],
)
def test_a_gate_that_would_change_the_commit_is_refused(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    text = DEPLOY.replace(old, new) + "      - run: ./deploy.sh\n"
    plant(tmp_path, ci=CI, deploy=text)
    fixed = _fix(tmp_path, gate=Gate.WORKFLOW_RUN)
    assert fixed.done == ()
    assert reason in fixed.left[0].facts["refused"]
    assert _text(tmp_path) == text


JOBS = """\
on: {{push: {{branches: [main]}}}}
jobs:
  # checks
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt
      - run: pytest
  build:
    runs-on: ubuntu-latest
    steps:
      - run: echo
  deploy:
    needs: {needs}
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh{more}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [("[check, build]", "    needs: [build]\n"), ("check", ""), ("[check]", "")],
)
def test_a_job_leaves_the_needs_of_the_others(tmp_path: Path, before: str, after: str) -> None:
    plant(tmp_path, ci=CI, deploy=JOBS.format(needs=before, more=""))
    fixed = _fix(tmp_path)
    assert len(fixed.done) == 1
    head = "on: {push: {branches: [main]}}\njobs:\n  build:\n"
    assert _text(tmp_path).startswith(head)
    assert f"  deploy:\n{after}    runs-on" in _text(tmp_path)
    assert audit(read_repository(tmp_path), Wish(check_only=True)) == ()


def test_those_who_waited_for_a_job_wait_for_what_it_waited_for(tmp_path: Path) -> None:
    text = JOBS.format(needs="[build, check]", more="").replace(
        "  check:\n", "  check:\n    needs: [setup, build]\n"
    )
    setup = "  setup:\n    runs-on: ubuntu-latest\n    steps: [{run: ./setup.sh}]\n"
    plant(tmp_path, ci=CI, deploy=text + setup)
    _fix(tmp_path)
    assert "  deploy:\n    needs: [build, setup]\n" in _text(tmp_path)


def test_a_job_that_an_expression_asks_for_is_left(tmp_path: Path) -> None:
    text = JOBS.format(needs="check", more=" ${{ needs.check.result }}")
    plant(tmp_path, ci=CI, deploy=text)
    fixed = _fix(tmp_path)
    assert "`needs.check.result` asks for the job" in fixed.left[0].facts["refused"]
    assert _text(tmp_path) == text


def test_a_file_with_anchors_in_the_way_is_left(tmp_path: Path) -> None:
    text = DEPLOY.replace("- name: Verify", "- &v\n        name: Verify").replace(
        "      - run: ./deploy.sh\n", "      - run: ./deploy.sh\n      - *v\n"
    )
    plant(tmp_path, ci=CI, deploy=text)
    fixed = _fix(tmp_path)
    assert {refusal.reason.partition(" (")[0] for refusal in fixed.refused} <= {
        "the rest would not be valid"
    }
    assert audit(read_repository(tmp_path), Wish(check_only=True)) == ()


def _unsafe(root: Path, rule: str) -> str:
    wish = Wish(select=frozenset({rule}))
    fixed = fix_all(read_repository(root), lambda r: audit(r, wish), frozenset(Safety))
    write_changed(read_repository(root), fixed.repository)
    assert [finding.fix for finding in fixed.left] == [None] * len(fixed.left)
    return _text(root, "ci")


CALL = (
    "on: {push: {branches: [main]}}\njobs:\n  ci:\n    uses: ./.github/workflows/ci.yml\n"
    "  deploy:\n    needs: ci\n    runs-on: ubuntu-latest\n    steps: [{run: ./deploy.sh}]\n"
)


@pytest.mark.parametrize(
    ("branches", "left"),
    [("[main]", False), ("[main, dev]", True), ("['**']", True)],
)
def test_a_called_workflow_gives_up_only_what_its_caller_starts_on(
    tmp_path: Path, branches: str, left: bool
) -> None:
    ci = CI.replace("  pull_request:", "  workflow_call:").replace("[main]", branches)
    plant(tmp_path, ci=ci, deploy=CALL)
    assert ("push:" in _unsafe(tmp_path, "r1b")) is left


@pytest.mark.parametrize(
    ("condition", "left"), [("github.actor == 'x'", True), ("github.event_name == 'push'", False)]
)
def test_a_workflow_that_is_only_sometimes_called_keeps_its_triggers(
    tmp_path: Path, condition: str, left: bool
) -> None:
    ci = CI.replace("  pull_request:", "  workflow_call:")
    plant(tmp_path, ci=ci, deploy=CALL.replace("    uses:", f"    if: {condition}\n    uses:"))
    assert ("push:" in _unsafe(tmp_path, "r1b")) is left


def test_a_check_waits_for_what_the_other_waited_for(tmp_path: Path) -> None:
    job = "    runs-on: x\n    steps: [{run: pytest}]\n"
    lint = job.replace("pytest", "ruff check")
    setup = "on: push\njobs:\n  s:\n    runs-on: x\n    steps: [{run: ./s}]\n"
    plant(tmp_path, ci=f"{setup}  a:\n    needs: s\n{lint}  b:\n    needs: a\n{job}")
    assert f"  b:\n    needs: [s]\n{job}" in _unsafe(tmp_path, "r9")


def test_closed_requests_skip_only_jobs_that_nobody_needs(tmp_path: Path) -> None:
    job = "    runs-on: x\n    steps: [{run: pytest}]\n"
    on = "on: {pull_request: {types: [opened, closed]}}\njobs:\n"
    plant(tmp_path, ci=f"{on}  a:\n    name: A\n{job}")
    guard = "    if: github.event.action != 'closed'\n"
    assert _unsafe(tmp_path, "r2b") == f"{on}  a:\n    name: A\n{guard}{job}"
    text = f"{on}  a:\n{job}  b:\n    needs: a\n    runs-on: x\n    steps: [{{run: ./deploy}}]\n"
    plant(tmp_path, ci=text)
    assert _unsafe(tmp_path, "r2b") == text
