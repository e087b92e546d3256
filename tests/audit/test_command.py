"""`moonpool audit` as people and CI call it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.cli.group import run
from tests.audit.building import CI, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = workflow("- run: pip install -r requirements.txt\n- name: Verify\n  run: pytest\n")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path, ci=CI, deploy=DEPLOY)


def _run(root: Path, *words: str) -> int:
    return run(["audit", str(root), *words])


def test_findings_are_told_and_fail(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(root, "--select", "R1") == 1
    said = capsys.readouterr()
    assert said.out.startswith(
        ".github/workflows/deploy.yml:10: R1 high: `Verify` repeats what the job `test` in "
    )
    assert "    see .github/workflows/ci.yml:12 `Tests` in the job `test`\n" in said.out
    assert said.out.endswith("    fix: remove `Verify` (`--fix --gate …`)\n")
    assert said.err == "moonpool: 1 finding: 1 high\n"


def test_nothing_found_is_a_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(tmp_path, ci=CI)
    assert _run(tmp_path, "--check-only") == 0
    assert capsys.readouterr() == ("", "moonpool: nothing found\n")


def test_where_nothing_can_be_fixed_a_difference_is_no_line(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(root, "--select", "R1", "--diff") == 1
    assert capsys.readouterr().out == ""


def test_a_repeated_call_is_told_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = "  {}: {{uses: ./.github/workflows/checks.yml}}\n"
    push = "on: {push: {branches: [main]}}\njobs:\n" + call.format("a")
    plant(tmp_path, ci=push, deploy=push + "  b: {needs: a, runs-on: x, steps: [{run: ./deploy}]}")
    plant(
        tmp_path,
        checks=CI.replace("push:\n    branches: [main]\n  pull_request:", "workflow_call:"),
    )
    assert _run(tmp_path, "--select", "R1") == 1
    said = capsys.readouterr().out
    assert "    repeats: all of .github/workflows/checks.yml\n" in said
    assert "    see .github/workflows/checks.yml:5 the job `test`\n" in said


def test_a_repository_without_workflows_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(tmp_path) == 0
    assert capsys.readouterr().err == f"moonpool: found no workflows below `{tmp_path}`\n"


def test_json_has_places_and_evidence(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(root, "--select", "r1", "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["version"] == 1
    (finding,) = answer["findings"]
    assert (finding["rule"], finding["severity"], finding["line"]) == ("R1", "high", 10)
    assert (finding["job"], finding["step"], finding["last_line"]) == ("deploy", 2, 11)
    assert (finding["relation"], finding["verdict"]) == ("E1", "fix")
    assert finding["fix"] == {"title": "remove `Verify`", "safety": "gated"}
    assert finding["covered_by"][0]["jobs"] == ["test"]


def test_github_gets_annotations(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(root, "--select", "R1", "--format", "github") == 1
    line = capsys.readouterr().out
    assert line.startswith(
        "::error file=.github/workflows/deploy.yml,line=10,endLine=11,title=moonpool R1::`Verify` "
    )
    assert "%0Arepeats: pytest%0A" in line
    assert line.count("\n") == 1


def test_sarif_has_the_rule_and_the_lines_and_lets_the_upload_run(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(root, "--select", "R1", "--format", "sarif") == 0
    log = json.loads(capsys.readouterr().out)
    (result,) = log["runs"][0]["results"]
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "R1"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": ".github/workflows/deploy.yml"},
        "region": {"startLine": 10, "endLine": 11},
    }
    assert [entry["id"] for entry in result["relatedLocations"]] == [1, 2, 3]


def test_fix_writes_and_the_rest_is_clean(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(root, "--select", "R1", "--fix", "--gate", "none") == 0
    assert "moonpool: fixed R1 in .github/workflows/deploy.yml:10: remove `Verify`\n" in (
        capsys.readouterr().err
    )
    assert "Verify" not in (root / ".github/workflows/deploy.yml").read_text()


def test_fix_without_a_gate_leaves_what_needs_one(root: Path) -> None:
    assert _run(root, "--select", "R1", "--fix") == 1
    assert (root / ".github/workflows/deploy.yml").read_text() == DEPLOY


def test_diff_shows_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(root, "--select", "R1", "--diff", "--gate", "none") == 0
    assert "-      - name: Verify\n-        run: pytest\n" in capsys.readouterr().out
    assert (root / ".github/workflows/deploy.yml").read_text() == DEPLOY


def test_a_fix_that_is_left_to_people_has_its_own_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = DEPLOY.replace("./deploy.sh", "./deploy.sh ${{ github.sha }}")
    plant(tmp_path, ci=CI, deploy=text)
    assert _run(tmp_path, "--select", "R1", "--fix", "--gate", "workflow_run") == 71
    assert (
        "moonpool: left R1 in .github/workflows/deploy.yml:10, to be done by hand; "
        ".github/workflows/deploy.yml:12: `github.sha` would say something else\n"
    ) in capsys.readouterr().err


def test_a_file_that_cannot_be_read_has_the_same(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / ".github/workflows/bad.yml").write_text("on: [\n")
    assert _run(root) == 71
    out = capsys.readouterr().out
    assert ".github/workflows/bad.yml:1: G0 error: found invalid YAML: " in out
    assert "R1 high" in out


def test_only_the_named_file_is_told_of(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(root, "--select", "R1", "--workflow", "ci.yml") == 0
    assert _run(root, "--select", "R1", "--workflow", "./.github/workflows/deploy.yml") == 1
    capsys.readouterr()
    assert _run(root, "--workflow", "gone.yml") == 64
    assert "error: found no workflow `gone.yml` below" in capsys.readouterr().err


def test_severities_and_rules_can_be_left_out(root: Path) -> None:
    assert _run(root, "--min-severity", "error") == 0
    assert _run(root, "--select", "R1", "--ignore", "R1") == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--select", "R99"], "found `r99`, expected one of R1, "),
        (["--unsafe-fixes"], "`--unsafe-fixes` needs `--fix` or `--diff`"),
        (["--assume", "luck"], "'luck' is not one of 'strict-pr'"),
        (["--gate", "hope"], "'hope' is not one of 'workflow_run'"),
    ],
)
def test_a_wrong_command_line_is_told(
    root: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(root, *words) == 64
    assert message in capsys.readouterr().err


def test_an_assumption_or_a_saved_rule_supplies_what_is_missing(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI.replace("  push:\n    branches: [main]\n", ""), deploy=DEPLOY)
    rules = tmp_path / "rules.json"
    checks = {"strict_required_status_checks_policy": True, "required_status_checks": [{}]}
    rules.write_text(json.dumps([{"type": "required_status_checks", "parameters": checks}]))
    fix = ("--select", "R1", "--fix")
    assert _run(tmp_path, *fix) == 1
    assert _run(tmp_path, "--select", "R1", "--diff", "--assume", "strict-pr") == 0
    assert _run(tmp_path, *fix, "--rulesets", str(rules)) == 0


@pytest.mark.parametrize("option", ["--rulesets", "--timings"])
def test_a_saved_answer_of_another_kind_is_told(
    root: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "saved.json").write_text('{"a": 1}')
    assert _run(root, option, str(root / "saved.json")) == 64
    assert capsys.readouterr().err.startswith("error: found no ")


def test_the_program_itself_has_the_command(root: Path) -> None:
    words = [sys.executable, "-m", "moonpool", "audit", str(root), "--check-only"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "moonpool: nothing found\n")
