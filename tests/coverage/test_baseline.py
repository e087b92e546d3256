"""The ratchet's file: it only rises, and a damaged one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.baseline import raised, read_baseline, write_baseline
from moonpool.coverage.gates import Former
from moonpool.coverage.numbers import FileNumbers, Numbers, ProjectNumbers
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path


def _project(name: str, statements: int, missing: int) -> ProjectNumbers:
    files = (FileNumbers(f"{name}/a.py", Numbers(statements=statements, missing=missing), ""),)
    return ProjectNumbers(name, name, "", measured=True, branches=False, files=files)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    baseline = {"web": Former(50.0, 2, {"web/a.py": 2}), "core": Former(100.0, 0, {})}
    write_baseline(tmp_path / "b.json", baseline)
    assert read_baseline(tmp_path / "b.json") == baseline
    assert read_baseline(tmp_path / "none.json") == {}


def test_a_baseline_rises_and_falls_only_when_asked() -> None:
    before = {name: Former(80.0, 2, {}) for name in ("better", "worse", "silent", "gone")}
    silent = ProjectNumbers("silent", "silent", "no data", measured=False, branches=False)
    now = [_project("better", 10, 1), _project("worse", 10, 5), silent, _project("new", 4, 1)]
    after, kept = raised(before, now, lower=False)
    assert {name: former.percent for name, former in after.items()} == {
        "better": 90.0,
        "worse": 80.0,
        "silent": 80.0,
        "new": 75.0,
    }
    assert kept == ("worse",)
    assert raised(before, now, lower=True)[0]["worse"] == Former(50.0, 5, {"worse/a.py": 5})


@pytest.mark.parametrize(
    "text", ["", "[]", '{"version": 9}', '{"version": 1, "projects": {"a": 1}}']
)
def test_a_file_that_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(MoonpoolError) as caught:
        read_baseline(tmp_path / "b.json")
    path = tmp_path / "b.json"
    assert caught.value.message == f"`{path}` is no baseline that this moonpool can read"
