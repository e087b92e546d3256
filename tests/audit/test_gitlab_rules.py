"""`rules`, `only`, `except` and `workflow`: which pipelines a job is in, and what is double."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.audit.gitlab import Plan, read_pipeline
from moonpool.audit.gitlab.expressions import Unsaid, Value, evaluate
from moonpool.audit.gitlab.order import earlier
from tests.audit.building import found, only

if TYPE_CHECKING:
    from pathlib import Path

VALUES: dict[str, Value] = {
    "A": "x",
    "GONE": None,
    "SOME": Unsaid.SOME,
    "BRANCH": Unsaid.OTHER,
    "DEFAULT": Unsaid.DEFAULT,
    "TAG": Unsaid.TAG,
    "OWN": Unsaid.OWN,
}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('$A == "x"', True),
        ("${A} != 'x'", False),
        ("$A =~ /X/i && $A !~ /y/", True),
        ("$GONE == null || $NOBODY_KNOWS", True),
        ('$GONE == ""', False),
        ("$GONE =~ /x/", False),
        ("$SOME && $NOBODY_KNOWS", None),
        ("$SOME == 'x'", None),
        ("$BRANCH == 'main'", False),
        ("$BRANCH == $DEFAULT", False),
        ("$BRANCH =~ /^(main|develop)$/", False),
        ("$BRANCH =~ /^feature/", None),
        ("$DEFAULT == $DEFAULT", True),
        ("$DEFAULT == 'main'", None),
        (r"$TAG =~ /^v\d+\.\d+/", True),
        ("$TAG =~ /^nightly/", None),
        ("$OWN == 'group/project'", True),
        ("($NOBODY_KNOWS || $GONE) && $GONE", False),
        ("!$A", None),
        ("$A ==", None),
        ("$A =~ $PATTERN", None),
        ("$A =~ /(?<a>/", None),
    ],
)
def test_an_expression_is_as_known_as_its_variables(text: str, answer: bool | None) -> None:
    assert evaluate(text, lambda name: VALUES.get(name, Unsaid.UNKNOWN)) is answer


def _starts(root: Path, text: str) -> dict[str, str]:
    """How `job` starts on each occasion that is told apart."""
    (root / ".gitlab-ci.yml").write_text(text)
    pipeline = read_pipeline(root)
    assert pipeline is not None
    plan = Plan(pipeline, root)
    ways = {o.words: plan.start(pipeline.jobs["job"], o) for o in plan.occasions}
    return {words: "?" if way is None else way.value for words, way in ways.items()}


BRANCH, REQUEST, TAG = "a push to a branch", "a merge request", "a tag"
MAIN, OPEN = "a push to `main`", "a push to a branch with a merge request"
ITSELF, NEVER, BY_HAND = "by itself", "not at all", "by hand"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {BRANCH: ITSELF, OPEN: ITSELF, TAG: ITSELF, REQUEST: NEVER}),
        ("only: [merge_requests]", {BRANCH: NEVER, REQUEST: ITSELF}),
        ("only: [main]", {MAIN: ITSELF, BRANCH: NEVER, TAG: NEVER, REQUEST: NEVER}),
        ("only: [/^main$/]\n  except: [main]", {MAIN: NEVER}),
        ("except: [tags]", {BRANCH: ITSELF, TAG: NEVER, REQUEST: NEVER}),
        ("only: {refs: [branches], changes: [a]}", {BRANCH: "?", TAG: NEVER}),
        ("only: {variables: [$CI_COMMIT_TAG]}", {BRANCH: NEVER, TAG: ITSELF}),
        ("rules: [{when: manual}]", {BRANCH: BY_HAND, REQUEST: BY_HAND}),
        ("rules: [{if: $CI_COMMIT_TAG, when: never}, {when: on_success}]", {TAG: NEVER}),
        ("rules: [{if: $CI_COMMIT_BRANCH == 'main'}]", {MAIN: ITSELF, BRANCH: NEVER}),
        ("rules: [{if: $CI_MERGE_REQUEST_IID}]", {BRANCH: NEVER, REQUEST: ITSELF}),
        ("rules: [{if: $NOBODY_KNOWS}]", {BRANCH: "?"}),
        ("rules: [{changes: [src/**]}]", {BRANCH: "?", TAG: ITSELF, "a schedule": ITSELF}),
        ("rules: [{exists: [Dockerfile]}]", {BRANCH: NEVER}),
        ("rules: [{exists: ['**/*-ci.yml']}]", {BRANCH: ITSELF}),
        ("rules: [{if: $CI_COMMIT_MESSAGE =~ /skip/, when: never}, {}]", {BRANCH: ITSELF}),
        ("rules: [{if: $CI_COMMIT_BRANCH}]\n  when: manual", {BRANCH: BY_HAND, TAG: NEVER}),
        ("variables: {X: 'yes'}\n  rules: [{if: $X == 'yes'}]", {BRANCH: ITSELF}),
    ],
)
def test_a_job_starts_by_its_first_rule_that_fits(
    tmp_path: Path, text: str, expected: dict[str, str]
) -> None:
    starts = _starts(tmp_path, f"job:\n  script: [x]\n  {text}\n")
    assert {words: starts[words] for words in expected} == expected


WORKFLOW = """\
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS
      when: never
    - if: $CI_COMMIT_BRANCH
"""


def test_the_workflow_decides_before_any_job(tmp_path: Path) -> None:
    starts = _starts(tmp_path, f"{WORKFLOW}job: {{script: [x]}}\n")
    assert (starts[REQUEST], starts[BRANCH], starts[OPEN]) == (ITSELF, ITSELF, NEVER)
    assert starts[TAG] == NEVER


def test_rules_that_a_reference_brings_are_laid_flat(tmp_path: Path) -> None:
    shared = ".on-main: {rules: [{if: $CI_COMMIT_BRANCH == 'main'}]}\n"
    job = "job:\n  script: [x]\n  rules: [!reference [.on-main, rules], {if: $CI_COMMIT_TAG}]\n"
    starts = _starts(tmp_path, shared + job)
    assert (starts[MAIN], starts[TAG], starts[BRANCH]) == (ITSELF, ITSELF, NEVER)


@pytest.mark.parametrize(
    ("include", "known"),
    [
        ("include: {remote: https://x.org/a.yml}\n", False),
        ("include: {template: Security/SAST.gitlab-ci.yml}\n", True),
        ("include: {template: Auto-DevOps.gitlab-ci.yml}\n", False),
    ],
)
def test_nothing_is_known_where_others_may_have_a_workflow(
    tmp_path: Path, include: str, known: bool
) -> None:
    starts = _starts(tmp_path, f"{include}job: {{script: [x]}}\n")
    assert (starts[BRANCH] == ITSELF) is known


DOUBLE = """\
test:
  script: [pytest]
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH
"""


def test_two_pipelines_for_one_push_are_told(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(DOUBLE)
    finding = only(tmp_path, "R2")
    assert finding.message == (
        "a push to a branch with a merge request runs `test` twice, "
        "for the branch and for the request"
    )
    assert (finding.place.line, finding.severity.word, finding.fix) == (1, "high", None)
    assert "$CI_OPEN_MERGE_REQUESTS" in "".join(finding.details)


@pytest.mark.parametrize(
    "text",
    [
        WORKFLOW + DOUBLE,
        "include: {template: Workflows/Branch-Pipelines.gitlab-ci.yml}\n" + DOUBLE,
        "include: {project: x/y, file: a.yml}\n" + DOUBLE,
        DOUBLE.replace("$CI_COMMIT_BRANCH", "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"),
        DOUBLE.replace("    - if: $CI_COMMIT_BRANCH\n", "    - changes: [src/**]\n"),
        "test: {script: [pytest]}\ndeploy: {script: [x], rules: [{when: manual}]}\n",
    ],
)
def test_one_pipeline_for_one_push_is_left_be(tmp_path: Path, text: str) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(text)
    assert found(tmp_path, "R2") == ()


DEPLOY = """\
stages: [test, deploy]
default: {image: "python:3.12"}
test:
  script: [pip install -r requirements.txt, pytest]
deploy:
  stage: deploy
  script: [pip install -r requirements.txt, pytest, twine upload dist/*]
  rules: [{if: $CI_COMMIT_BRANCH == "main"}]
"""


def test_a_check_that_an_earlier_job_made_is_told_of_the_deploy(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(DEPLOY)
    finding = only(tmp_path, "R1", "R4")
    assert finding.message == "`pytest` repeats what the job `test` has checked before it"
    assert (finding.rule, finding.job, finding.severity.word) == ("R1", "deploy", "high")
    assert finding.facts["covered_by"] == [{"relation": "E0", "jobs": ["test"]}]
    assert finding.details[-1] == "gate afterwards: `test`, which it waits for"


def test_what_is_installed_only_for_the_deploy_is_not_proven(tmp_path: Path) -> None:
    text = DEPLOY.replace("txt, pytest, twine", "txt, pip install extra, pytest, twine")
    (tmp_path / ".gitlab-ci.yml").write_text(text)
    details = only(tmp_path, "R1").details
    assert "not proven: `pip install extra` runs before it only here" in details


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("test:\n  script", "test:\n  rules: [{if: $CI_MERGE_REQUEST_IID}]\n  script"),
        ("test:\n  script", "test:\n  rules: [{changes: [src/**]}]\n  script"),
        ("test:\n  script", "test:\n  when: manual\n  script"),
        ("test:\n  script", "test:\n  allow_failure: true\n  script"),
        ("  stage: deploy\n", "  stage: deploy\n  image: node\n"),
        ("requirements.txt, pytest]", "requirements.txt, pytest || true]"),
    ],
)
def test_a_job_that_does_not_always_check_proves_nothing(
    tmp_path: Path, old: str, new: str
) -> None:
    assert old in DEPLOY
    (tmp_path / ".gitlab-ci.yml").write_text(DEPLOY.replace(old, new))
    assert found(tmp_path, "R1", "R4") == ()


def test_jobs_that_do_not_wait_for_each_other_only_repeat(tmp_path: Path) -> None:
    text = DEPLOY.replace("  stage: deploy\n", "  stage: deploy\n  needs: []\n")
    (tmp_path / ".gitlab-ci.yml").write_text(text)
    finding = only(tmp_path, "R1", "R4")
    assert (finding.rule, finding.message) == ("R4", "`pytest` also runs in the job `test`")


def test_the_jobs_that_a_job_waits_for_are_those_of_its_needs_too(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(
        "stages: [one, two]\n"
        "a: {stage: one, script: [x]}\n"
        "b: {stage: one, script: [x], needs: [a]}\n"
        "c: {stage: two, script: [x], needs: [b]}\n"
        "d: {stage: two, script: [x]}\n"
        "e: {stage: two, script: [x], needs: [f]}\n"
        "f: {stage: two, script: [x], needs: [e, a]}\n"
    )
    pipeline = read_pipeline(tmp_path)
    assert pipeline is not None
    waits = {name: "".join(sorted(names)) for name, names in earlier(pipeline).items()}
    assert (waits["a"], waits["c"], waits["d"]) == ("", "ab", "ab")
    assert set("ae") <= set(waits["f"])


RELEASE = """\
test: {stage: test, script: [pytest]}
release: {stage: deploy, script: [twine upload dist/*], only: [tags]}
"""


def test_a_tag_that_is_checked_again_is_told(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(RELEASE)
    finding = only(tmp_path, "R1")
    assert finding.message == "a tag runs `test` again, which its branch ran on the same commit"
    assert finding.facts["missing"][0]["assumption"] == "tags-on-main"
    assumed = only(tmp_path, "R1", assumed=frozenset({"tags-on-main"}))
    assert assumed.facts["missing"] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[pytest]", "[pytest], only: [tags]"),
        ("[pytest]", "[pytest], except: [tags]"),
        ("[pytest]", "[pytest], artifacts: {paths: [dist]}"),
        ("twine upload dist/*", "echo done"),
    ],
)
def test_a_tag_that_has_to_be_checked_is_left_be(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(RELEASE.replace(old, new))
    assert found(tmp_path, "R1") == ()


ABSENT = """\
test: {script: [x], rules: [{if: $CI_MERGE_REQUEST_IID}]}
deploy:
  stage: deploy
  needs: [test]
  script: [x]
  rules: [{if: $CI_COMMIT_BRANCH == 'main'}]
"""


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            ABSENT,
            4,
            "`deploy` needs `test`, which a push to `main` does not start",
        ),
        (
            "stages: [test]\na: {script: [x], stage: deplo}\n",
            2,
            "`a` is of the stage `deplo`, which `stages` does not have",
        ),
        (
            "a: {script: [x], needs: [b]}\nb: {script: [x], stage: .post}\n",
            1,
            "`a` needs `b`, which is of a later stage",
        ),
        ("a: {script: [x], dependencies: [b]}\n", 1, "`a` needs `b`, and there is no such job"),
        (
            "spec:\n  inputs:\n    x:\n---\na: {script: [x], needs: [b]}\n",
            5,
            "`a` needs `b`, and there is no such job",
        ),
    ],
)
def test_what_gitlab_refuses_to_start_is_named(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(text)
    finding = only(tmp_path, "G3")
    assert (finding.message, finding.place.line) == (message, line)


@pytest.mark.parametrize(
    "text",
    [
        "a: {script: [x], needs: [{job: b, optional: true}]}\nb: {script: [x], only: [tags]}\n",
        "a: {script: [x], needs: [b]}\nb: {script: [x], rules: [{changes: [src/**]}]}\n",
        "a: {script: [x], needs: [b]}\nb: {script: [x], except: [schedules]}\n",
        "include: {remote: https://x.org/a.yml}\na: {script: [x], stage: of-theirs}\n",
    ],
)
def test_what_gitlab_may_start_is_left_be(tmp_path: Path, text: str) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(text)
    assert found(tmp_path, "G3") == ()
