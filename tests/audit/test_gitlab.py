"""`.gitlab-ci.yml`: what is read of it, and what the rules that carry over find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.audit.gitlab import Pipeline, read_pipeline
from moonpool.cli.group import run
from tests.audit.building import found

if TYPE_CHECKING:
    from pathlib import Path


def _plant(root: Path, text: str, **files: str) -> Path:
    (root / ".gitlab-ci.yml").write_text(text)
    for name, content in files.items():
        (root / f"{name}.yml").write_text(content)
    return root


def _read(root: Path, text: str, **files: str) -> Pipeline:
    pipeline = read_pipeline(_plant(root, text, **files))
    assert pipeline is not None
    return pipeline


def _messages(root: Path, rule: str) -> list[str]:
    return [finding.message for finding in found(root, rule)]


LAYERED = """\
include:
  - local: /shared.yml
default:
  image: python:3.12
  before_script: [pip install -r requirements.txt]
.setup: &setup
  variables: {A: "1"}
  script: [ruff check, mypy .]
test:
  extends: .tests
  script:
    - !reference [.setup, script]
    - pytest -q
  variables: {B: "2"}
lint:
  <<: *setup
  before_script: []
"""
SHARED = """\
.tests:
  extends: .base
  stage: test
  variables: {B: "1", C: "3"}
.base:
  needs: [lint]
"""


def test_a_job_says_what_it_takes_from_others(tmp_path: Path) -> None:
    pipeline = _read(tmp_path, LAYERED, shared=SHARED)
    assert (pipeline.problems, pipeline.open) == ((), False)
    assert list(pipeline.jobs) == ["test", "lint"]
    test, lint = pipeline.jobs["test"], pipeline.jobs["lint"]
    assert test.script == ("pip install -r requirements.txt", "ruff check", "mypy .", "pytest -q")
    assert test.content["variables"] == {"B": "2", "C": "3"}
    assert (test.needs, test.content["image"], test.content["stage"]) == (
        ("lint",),
        "python:3.12",
        "test",
    )
    assert lint.script == ("ruff check", "mypy .")
    assert lint.content["variables"] == {"A": "1"}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a:\n  script: [x]\n  needs: [b]\n", 3, "`a` needs `b`, and there is no such job"),
        ("a:\n  needs: [{job: b}]\n  script: [x]\n", 2, "`a` needs `b`, and there is no such job"),
        (
            "a: {script: [x], needs: [b]}\nb: {script: [x], needs: [a]}\n",
            1,
            "`a` needs itself, by way of others",
        ),
        ("a:\n  extends: .b\n  script: [x]\n", 2, "`a` extends `.b`, which is not there"),
        (".b: {extends: .c}\n.c: {extends: .b}\na: {extends: .b, script: [x]}\n", 2, "extends"),
        ("a:\n  script:\n    - !reference [.b, script]\n", 2, "`!reference [.b, script]` leads"),
        ("include: /gone.yml\na: {script: [x]}\n", 1, "`include` of `gone.yml` is not there"),
    ],
)
def test_what_leads_nowhere_is_named(tmp_path: Path, text: str, line: int, message: str) -> None:
    _plant(tmp_path, text)
    findings = found(tmp_path, "G3")
    assert any(f.place.line == line and message in f.message for f in findings), findings
    assert {finding.severity.word for finding in findings} == {"error"}


@pytest.mark.parametrize(
    "text",
    [
        "include: {remote: https://x.org/a.yml}\na: {script: [x], needs: [b], extends: .c}\n",
        "include: [{project: x/y, file: a.yml}]\na: {script: [!reference [.b, script]]}\n",
        "a: {script: [x], needs: [{job: b, optional: true}, {pipeline: x, job: c}]}\n",
        "a: {script: [x], needs: []}\n",
    ],
)
def test_what_may_come_from_elsewhere_is_not_missed(tmp_path: Path, text: str) -> None:
    _plant(tmp_path, text)
    assert found(tmp_path, "G3") == ()


TWICE = """\
build:
  image: python:3.12
  script: [pip install -r requirements.txt, pytest, python -m build]
test:
  image: python:3.12
  script: [pip install -r requirements.txt, pytest]
"""


def test_the_same_check_in_two_jobs_is_found(tmp_path: Path) -> None:
    _plant(tmp_path, TWICE)
    assert _messages(tmp_path, "R4") == ["`pytest` also runs in the job `build`"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("test:\n", "test:\n  variables: {DB: pg}\n"),
        ("test:\n", "test:\n  rules: [{if: $CI_MERGE_REQUEST_IID}]\n"),
        ("test:\n", "test:\n  services: [postgres]\n"),
        ("test:\n", "test:\n  allow_failure: true\n"),
        ("test:\n", "test:\n  parallel: {matrix: [{A: [x, y]}]}\n"),
        ("test:\n  image: python:3.12", "test:\n  image: python:3.13"),
        ("requirements.txt, pytest]", "requirements.txt, pytest -k fast]"),
        ("requirements.txt, pytest]", "requirements.txt, pytest || true]"),
    ],
)
def test_a_check_that_differs_is_another_one(tmp_path: Path, old: str, new: str) -> None:
    assert old in TWICE
    _plant(tmp_path, TWICE.replace(old, new))
    assert found(tmp_path, "R4") == ()


REQUESTS = "test:\n  rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]\n  script: [x]\n"


@pytest.mark.parametrize(
    ("text", "times"),
    [
        (REQUESTS, 1),
        (f"default: {{interruptible: true}}\n{REQUESTS}", 0),
        (f"include: {{template: X.yml}}\n{REQUESTS}", 0),
        ("test: {script: [x]}\n", 0),
    ],
)
def test_an_outdated_pipeline_that_goes_on_is_told(tmp_path: Path, text: str, times: int) -> None:
    _plant(tmp_path, text)
    assert len(found(tmp_path, "R5")) == times


@pytest.mark.parametrize(
    ("cache", "lock", "times"),
    [("", True, 1), ("", False, 0), ("  cache: {paths: [node_modules]}\n", True, 0)],
)
def test_downloads_without_a_cache_are_told(
    tmp_path: Path, cache: str, lock: bool, times: int
) -> None:
    _plant(tmp_path, f"test:\n{cache}  script: [npm ci, npm test]\n")
    if lock:
        (tmp_path / "package-lock.json").write_text("{}")
    assert len(found(tmp_path, "R6")) == times


def test_a_large_suite_in_one_process_is_told(tmp_path: Path) -> None:
    _plant(tmp_path, "test:\n  script: [pytest]\nsharded:\n  parallel: 4\n  script: [pytest]\n")
    (tmp_path / "tests").mkdir()
    for number in range(12):
        (tmp_path / "tests" / f"test_{number}.py").write_text("def test(): ...\n")
    (finding,) = found(tmp_path, "R13")
    assert (finding.job, finding.place.line) == ("test", 1)
    assert finding.message == "`pytest` runs 12 test files one after the other"


def test_a_comment_with_a_reason_silences_it(tmp_path: Path) -> None:
    comment = "# moonpool: ignore[R4] two runners of different size\n"
    _plant(tmp_path, TWICE.replace("test:\n", f"{comment}test:\n"))
    assert found(tmp_path, "R4") == ()


def test_the_command_reads_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _plant(tmp_path, "a:\n  script: [x]\n  needs: [b]\n")
    assert run(["audit", str(tmp_path), "--check-only", "--workflow", ".gitlab-ci.yml"]) == 1
    assert capsys.readouterr().out.startswith(".gitlab-ci.yml:3: G3 error: `a` needs `b`, and ")
    _plant(tmp_path, "a: [\n")
    assert run(["audit", str(tmp_path)]) == 71
    assert ".gitlab-ci.yml:1: G0 error: found invalid YAML: " in capsys.readouterr().out
