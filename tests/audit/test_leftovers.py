"""What a removal leaves without a use is named, and goes with unsafe fixes; nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.audit import Gate, Safety, Wish, audit, fix_all, read_repository
from tests.audit.building import CI, found, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

TESTS = "- run: pip install -r requirements.txt\n- name: Verify\n  run: pytest\n"
READER = "import os\n\nurl = os.environ['DATABASE_URL']\n"


def _unused(root: Path) -> list[str]:
    deploy = [f for f in found(root, "R1", gate="none") if f.place.path.endswith("deploy.yml")]
    return list(deploy[0].facts["then_unused"])


def _fixed(root: Path) -> str:
    wish = Wish(select=frozenset({"r1"}), gate=Gate.NONE)
    allowed = frozenset({Safety.SAFE, Safety.GATED, Safety.UNSAFE})
    fixed = fix_all(read_repository(root), lambda r: audit(r, wish), allowed)
    assert fixed.refused == ()
    return fixed.repository.workflows[".github/workflows/deploy.yml"].source.text


def _with_env(text: str) -> str:
    env = "    env:\n      DATABASE_URL: sqlite://\n      MODE: test\n"
    return text.replace("    runs-on: ubuntu-latest\n", f"    runs-on: ubuntu-latest\n{env}")


def test_a_variable_that_only_the_tests_read_goes_with_them(tmp_path: Path) -> None:
    both = {"ci": _with_env(CI), "deploy": _with_env(workflow(TESTS))}
    plant(tmp_path, **both, __app_py=READER.replace("'DATABASE_URL'", "'DATABASE_URL' + 'MODE'"))
    plant(tmp_path, deploy=both["deploy"].replace("./deploy.sh", "aws s3 sync dist s3://site"))
    assert _unused(tmp_path) == ["the variable DATABASE_URL", "the variable MODE"]
    assert "env:" not in _fixed(tmp_path)


@pytest.mark.parametrize(
    "step", ["./deploy.sh", "curl $DATABASE_URL", "bash run.sh", "python manage.py migrate"]
)
def test_a_variable_that_a_later_step_may_read_stays(tmp_path: Path, step: str) -> None:
    deploy = _with_env(workflow(TESTS)).replace("./deploy.sh", step)
    plant(tmp_path, ci=_with_env(CI), deploy=deploy, __app_py=READER)
    plant(tmp_path, __run_sh="#!/bin/sh\nconnect $DATABASE_URL\n")
    assert "the variable DATABASE_URL" not in _unused(tmp_path)


JOBS = """\
on:
  push: {branches: [main]}
  workflow_dispatch:
    inputs:
      skip_tests: {type: boolean}
permissions:
  contents: read
  checks: write
jobs:
  check:
    if: ${{ !inputs.skip_tests }}
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt
      - run: pytest
  deploy:
    needs: check
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh
"""
ASSUMED = frozenset({"dispatch-on-main"})


def test_an_input_that_only_the_job_asks_for_goes_and_its_event_stays(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, deploy=JOBS)
    wish = Wish(select=frozenset({"r1"}), gate=Gate.NONE, assumed=ASSUMED)
    finding = audit(read_repository(tmp_path), wish)[0]
    assert finding.facts["then_unused"] == ["the input skip_tests"]
    allowed = frozenset({Safety.GATED, Safety.UNSAFE})
    fixed = fix_all(read_repository(tmp_path), lambda r: audit(r, wish), allowed)
    text = fixed.repository.workflows[".github/workflows/deploy.yml"].source.text
    assert "  workflow_dispatch:\npermissions:\n" in text
    assert "  deploy:\n    runs-on" in text


def test_an_input_that_another_job_asks_for_stays(tmp_path: Path) -> None:
    plant(
        tmp_path, ci=CI, deploy=JOBS.replace("./deploy.sh", "./deploy.sh ${{ inputs.skip_tests }}")
    )
    finding = found(tmp_path, "R1", gate="none", assumed=ASSUMED)[0]
    assert finding.facts["then_unused"] == []


REPORTED = """\
      - uses: golangci/golangci-lint-action@v6
"""


def test_a_permission_that_only_the_check_needed_goes(tmp_path: Path) -> None:
    rights = "    permissions:\n      contents: read\n      checks: write\n"
    ci = CI.replace("      - name: Tests\n        run: pytest\n", REPORTED)
    steps = "- run: pip install -r requirements.txt\n- uses: golangci/golangci-lint-action@v6\n"
    deploy = workflow(steps).replace("ubuntu-latest\n", f"ubuntu-latest\n{rights}")
    plant(tmp_path, ci=ci, deploy=deploy)
    assert _unused(tmp_path) == ["the permission checks"]
    assert "    permissions:\n      contents: read\n    steps:\n" in _fixed(tmp_path)


@pytest.mark.parametrize(
    "step", ["gh api repos/x/check-runs", "uses: some/reporter@v1", "echo ${{ github.token }}"]
)
def test_a_permission_that_another_step_may_need_stays(tmp_path: Path, step: str) -> None:
    rights = "    permissions:\n      contents: read\n      checks: write\n"
    ci = CI.replace("      - name: Tests\n        run: pytest\n", REPORTED)
    steps = "- run: pip install -r requirements.txt\n- uses: golangci/golangci-lint-action@v6\n"
    steps += f"- {step}\n" if step.startswith("uses") else f"- run: {step}\n"
    deploy = workflow(steps).replace("ubuntu-latest\n", f"ubuntu-latest\n{rights}")
    plant(tmp_path, ci=ci, deploy=deploy)
    assert _unused(tmp_path) == []


def test_the_last_permission_stays_since_none_would_mean_those_by_default(tmp_path: Path) -> None:
    rights = "    permissions:\n      checks: write\n"
    ci = CI.replace("      - name: Tests\n        run: pytest\n", REPORTED)
    steps = "- run: pip install -r requirements.txt\n- uses: golangci/golangci-lint-action@v6\n"
    deploy = workflow(steps).replace("ubuntu-latest\n", f"ubuntu-latest\n{rights}")
    plant(tmp_path, ci=ci, deploy=deploy)
    assert _unused(tmp_path) == []
