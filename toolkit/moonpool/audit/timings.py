"""How long steps and jobs took, from saved answers of GitHub: never guessed where unknown.

Reads `gh run view ID --json jobs,headSha,event,workflowName` and the answer of the REST API to
`/actions/runs/ID/jobs`, one run or a list of them per file. Only successful runs count.
"""

from __future__ import annotations

import json
import math
import statistics
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Minutes", "Timings", "read_timings"]


@dataclass(frozen=True)
class Minutes:
    """Medians over ``runs`` runs, in seconds; ``billed_minutes`` counts a job's whole minutes."""

    runs: int
    seconds: float
    wall_seconds: float
    billed_minutes: float


@dataclass(frozen=True)
class _Job:
    name: str
    start: datetime
    end: datetime
    steps: dict[str, float]

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True)
class _Run:
    workflow: str
    jobs: tuple[_Job, ...]


@dataclass(frozen=True)
class Timings:
    """The runs of all files."""

    runs: tuple[_Run, ...]

    def of_steps(self, workflow: str, job: str, steps: Sequence[str]) -> Minutes | None:
        """What taking steps out of a job would have saved; None where no run tells."""
        saved = [
            (run, entry, sum(entry.steps[name] for name in steps))
            for run in self.runs
            if run.workflow == workflow
            for entry in run.jobs
            if entry.name == job and all(name in entry.steps for name in steps)
        ]
        return _minutes(saved) if saved and steps else None

    def of_job(self, workflow: str, job: str) -> Minutes | None:
        """What taking out a whole job would have saved; None where no run tells."""
        saved = [
            (run, entry, entry.seconds)
            for run in self.runs
            if run.workflow == workflow
            for entry in run.jobs
            if entry.name == job
        ]
        return _minutes(saved) if saved else None


def read_timings(paths: Sequence[Path]) -> Timings:
    """Read saved runs; raises MoonpoolError for a file that holds none."""
    return Timings(tuple(run for path in paths for run in _file(path)))


def _file(path: Path) -> Iterator[_Run]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        answers = content if isinstance(content, list) else [content]
        for answer in answers:
            jobs = tuple(_jobs(answer["jobs"]))
            names = [str(job.get("workflow_name") or "") for job in answer["jobs"][:1]]
            yield _Run(str(answer.get("workflowName") or (names or [""])[0]), jobs)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MoonpoolError(
            f"found no saved run in `{path}` ({type(error).__name__}: {error}), "
            "expected what `gh run view --json` prints",
            hint="run `gh run view ID --json jobs,event,workflowName > run.json`",
            slug="audit-timings",
            exit_code=ExitCode.USAGE,
        ) from error


def _jobs(found: Sequence[dict[str, Any]]) -> Iterator[_Job]:
    for job in found:
        if job.get("conclusion") != "success":
            continue
        start, end = _span(job)
        if start is not None and end is not None:
            yield _Job(str(job["name"]), start, end, dict(_steps(job.get("steps") or ())))


def _steps(found: Sequence[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    for step in found:
        start, end = _span(step)
        if start is not None and end is not None and step.get("conclusion") == "success":
            yield str(step["name"]), (end - start).total_seconds()


def _span(entry: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    return _time(entry, "startedAt", "started_at"), _time(entry, "completedAt", "completed_at")


def _time(entry: dict[str, Any], *names: str) -> datetime | None:
    text = next((entry[name] for name in names if entry.get(name)), None)
    # Older versions of gh write the year one for what they do not know.
    if not text or text.startswith("0001"):
        return None
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _minutes(saved: Sequence[tuple[_Run, _Job, float]]) -> Minutes:
    return Minutes(
        runs=len(saved),
        seconds=statistics.median(seconds for _, _, seconds in saved),
        wall_seconds=statistics.median(_wall(*entry) for entry in saved),
        billed_minutes=statistics.median(
            _billed(job.seconds) - _billed(job.seconds - seconds) for _, job, seconds in saved
        ),
    )


def _wall(run: _Run, job: _Job, seconds: float) -> float:
    """How much sooner the run would have ended.

    Jobs that began after this one ended waited for it, as far as saved runs tell.
    """
    end = max(entry.end for entry in run.jobs)
    others = [e.end for e in run.jobs if e is not job and e.start < job.end]
    moved = [e.end.timestamp() - seconds for e in run.jobs if e is job or e.start >= job.end]
    latest = max([*(e.timestamp() for e in others), *moved])
    return max(0.0, end.timestamp() - latest)


def _billed(seconds: float) -> int:
    return math.ceil(max(0.0, seconds) / 60)
