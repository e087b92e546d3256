"""The core that measures: the quickest that measures what is asked for, with the reason."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.core import Core, Needs, choose_core
from tests.coverage.building import measured_code, plant

if TYPE_CHECKING:
    from pathlib import Path

_STATEMENTS = Needs(
    branch=False, plugins=False, contexts=False, concurrency=["thread"], timid=False, asked=None
)
_MONITORING = "coverage by sys.monitoring, which has the C tracer's lines for less time"


def test_statements_are_measured_by_monitoring_where_it_exists() -> None:
    assert choose_core(_STATEMENTS, (3, 12)) == Core("sysmon", _MONITORING)
    assert choose_core(_STATEMENTS, (3, 11)) == Core(
        None, "coverage by the C tracer: sys.monitoring needs Python 3.12"
    )


@pytest.mark.parametrize(
    ("needs", "why"),
    [
        (_STATEMENTS._replace(branch=True), "sys.monitoring knows branches from Python 3.14 on"),
        (_STATEMENTS._replace(plugins=True), "sys.monitoring knows no plugins"),
        (_STATEMENTS._replace(contexts=True), "sys.monitoring knows no contexts"),
        (
            _STATEMENTS._replace(concurrency=["gevent", "thread"]),
            "sys.monitoring does not follow gevent",
        ),
        (_STATEMENTS._replace(timid=True), "`timid` asks for a tracer"),
    ],
)
def test_what_monitoring_cannot_measure_is_left_to_the_tracer(needs: Needs, why: str) -> None:
    assert choose_core(needs, (3, 13)) == Core(None, f"coverage by the C tracer: {why}")


def test_the_users_word_and_later_pythons_are_left_alone() -> None:
    asked = _STATEMENTS._replace(asked="ctrace")
    assert choose_core(asked, (3, 13)) == Core(None, "coverage by `ctrace`, as the project asks")
    own = "coverage by the core that coverage.py chooses"
    assert choose_core(_STATEMENTS, (3, 14)) == Core(None, own)


@pytest.mark.parametrize(
    ("settings", "environ", "reason"),
    [
        ("core = ctrace\n", {}, "coverage by `ctrace`, as the project asks"),
        ("", {"COVERAGE_CORE": "pytrace"}, "coverage by `pytrace`, as the project asks"),
        ("", {}, choose_core(_STATEMENTS, sys.version_info[:2]).reason),
        (
            "branch = true\n",
            {},
            choose_core(_STATEMENTS._replace(branch=True), sys.version_info[:2]).reason,
        ),
    ],
)
def test_a_measurement_knows_its_core(
    tmp_path: Path, settings: str, environ: dict[str, str], reason: str
) -> None:
    project = plant(tmp_path / "project", {".coveragerc": f"[run]\nsource = src\n{settings}"})
    code = "print(measurement.core.reason); measurement.finish()"
    assert measured_code(project, tmp_path / "data", code, **environ) == f"{reason}\n"
