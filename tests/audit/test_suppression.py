from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.audit.building import CI, found, only, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = workflow("- run: pip install -r requirements.txt\n- name: Verify\n  run: pytest\n")
COMMENT = "# moonpool: ignore[R1] the release goes on when CI is down"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("      - name: Verify", f"      {COMMENT}\n      - name: Verify"),
        ("- name: Verify", f"- name: Verify  {COMMENT}"),
        ("run: pytest", f"run: pytest  {COMMENT}"),
        ("  deploy:\n", f"  {COMMENT}\n  # and more\n  deploy:\n"),
        ("  deploy:\n", f"  deploy:  {COMMENT}\n"),
        ("- name: Verify", f"- name: Verify  {COMMENT.replace('R1', 'G1, r1')}"),
    ],
)
def test_a_comment_with_a_reason_silences_the_rule(tmp_path: Path, old: str, new: str) -> None:
    plant(tmp_path, ci=CI, deploy=DEPLOY.replace(old, new))
    assert found(tmp_path, "R1") == ()


@pytest.mark.parametrize(
    "comment", ["# moonpool: ignore[R4] why", "# moonpool: ignore why", "# ignore[R1] why"]
)
def test_another_comment_silences_nothing(tmp_path: Path, comment: str) -> None:
    plant(tmp_path, ci=CI, deploy=DEPLOY.replace("name: Verify", f"name: Verify  {comment}"))
    assert only(tmp_path, "R1").fix is not None


def test_a_comment_elsewhere_silences_nothing(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, deploy=DEPLOY.replace("- run: pip", f"{COMMENT}\n      - run: pip"))
    assert only(tmp_path, "R1").rule == "R1"


def test_without_a_reason_the_finding_stays_and_says_why(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, deploy=DEPLOY.replace("Verify", "Verify  # moonpool: ignore[R1]"))
    assert only(tmp_path, "R1").details[-1] == (
        "its `moonpool: ignore` comment gives no reason, and so counts for nothing"
    )
