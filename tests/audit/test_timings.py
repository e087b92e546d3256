from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moonpool.audit import read_timings
from tests.audit.building import CI, only, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = workflow("- run: pip install -r requirements.txt\n- name: Verify\n  run: pytest\n")


def _job(name: str, start: int, end: int, **steps: tuple[int, int]) -> dict[str, Any]:
    def at(second: int) -> str:
        return f"2026-01-01T00:{second // 60:02}:{second % 60:02}Z"

    listed = [
        {"name": step, "conclusion": "success", "startedAt": at(a), "completedAt": at(b)}
        for step, (a, b) in steps.items()
    ]
    times = {"startedAt": at(start), "completedAt": at(end)}
    return {"name": name, "conclusion": "success", "steps": listed, **times}


def _save(root: Path, *runs: list[dict[str, Any]]) -> Path:
    file = root / "runs.json"
    file.write_text(json.dumps([{"workflowName": "Deploy", "jobs": jobs} for jobs in runs]))
    return file


def test_a_step_on_the_critical_path_saves_its_time(tmp_path: Path) -> None:
    runs = [[_job("deploy", 0, 200, Verify=(20, 120))], [_job("deploy", 0, 240, Verify=(20, 160))]]
    minutes = read_timings([_save(tmp_path, *runs)]).of_steps("Deploy", "deploy", ["Verify"])
    assert minutes is not None
    assert (minutes.runs, minutes.seconds, minutes.wall_seconds) == (2, 120, 120)
    assert minutes.billed_minutes == 2  # 4 minutes before, 2 after, in both runs.


def test_beside_a_longer_job_nothing_ends_sooner(tmp_path: Path) -> None:
    jobs = [_job("deploy", 0, 200, Verify=(20, 120)), _job("docs", 0, 190)]
    minutes = read_timings([_save(tmp_path, jobs)]).of_steps("Deploy", "deploy", ["Verify"])
    assert minutes is not None
    assert (minutes.seconds, minutes.wall_seconds) == (100, 10)


def test_jobs_that_wait_end_sooner_too(tmp_path: Path) -> None:
    jobs = [_job("check", 0, 100), _job("deploy", 105, 200)]
    minutes = read_timings([_save(tmp_path, jobs)]).of_job("Deploy", "check")
    assert minutes is not None
    assert (minutes.wall_seconds, minutes.billed_minutes) == (100, 2)


def test_what_no_run_tells_stays_unknown(tmp_path: Path) -> None:
    job = _job("deploy", 0, 200)
    failed = _job("deploy", 0, 200, Verify=(0, 1)) | {"conclusion": "failure"}
    timings = read_timings([_save(tmp_path, [job], [failed])])
    assert timings.of_steps("Deploy", "deploy", ["Verify"]) is None
    assert timings.of_job("Other", "deploy") is None


def test_the_answer_of_the_rest_api_is_read_too(tmp_path: Path) -> None:
    job = _job("deploy", 0, 200, Verify=(20, 120))
    text = json.dumps({"jobs": [job | {"workflow_name": "Deploy"}]})
    file = tmp_path / "rest.json"
    file.write_text(text.replace("startedAt", "started_at").replace("completedAt", "completed_at"))
    assert read_timings([file]).of_job("Deploy", "deploy") is not None


def test_a_finding_says_what_it_saves(tmp_path: Path) -> None:
    plant(tmp_path, ci=CI, deploy=DEPLOY)
    assert "saves: unknown without `--timings`" in only(tmp_path, "R1").details
    timings = read_timings([_save(tmp_path, [_job("deploy", 0, 200, Verify=(20, 120))])])
    assert (
        "saves: 1 min 40 s until the end of the run, 2 billed minutes (median of 1)"
        in only(tmp_path, "R1", timings=timings).details
    )
