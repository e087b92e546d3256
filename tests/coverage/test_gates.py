"""Judging numbers: floors, rounding, the ratchet, and which lines would be enough."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from moonpool.coverage.gates import Floor, Former, State, at_least, not_worse, uncovered
from moonpool.coverage.numbers import FileNumbers, Numbers, ProjectNumbers

_FILES = some.lists(
    some.tuples(some.integers(0, 40), some.integers(0, 40)).map(
        lambda pair: Numbers(statements=sum(pair), missing=pair[0])
    ),
    max_size=6,
).map(lambda counts: [FileNumbers(f"{n}.py", each, "") for n, each in enumerate(counts)])


def _file(name: str, statements: int, missing: int) -> FileNumbers:
    return FileNumbers(name, Numbers(statements=statements, missing=missing), f"1-{missing}")


def _project(*files: FileNumbers) -> ProjectNumbers:
    return ProjectNumbers("core", "core", "", measured=True, branches=False, files=files)


def test_a_gate_is_not_rounded() -> None:
    verdict = at_least("total", "workspace", [_file("a.py", 1000, 51)], Floor(95))
    assert verdict.state is State.FAILED
    assert verdict.sentence == (
        "94.9 %, expected at least 95 %: 1 more of 1000 lines and branches would do"
    )


def test_a_projects_own_floor_is_rounded_as_coverage_does() -> None:
    files = [_file("a.py", 1000, 54)]
    assert at_least("fail_under", "core", files, Floor(95, precision=0)).state is State.PASSED
    assert at_least("fail_under", "core", files, Floor(95, precision=1)).state is State.FAILED
    nearly = [_file("a.py", 1000, 1)]
    assert at_least("fail_under", "core", nearly, Floor(100, precision=0)).state is State.FAILED


def test_the_fewest_files_that_would_be_enough_are_named() -> None:
    files = [_file("a.py", 50, 10), _file("b.py", 30, 2), _file("c.py", 20, 8)]
    verdict = at_least("total", "workspace", files, Floor(95))
    assert verdict.sentence.endswith("15 more of 100 lines and branches would do")
    assert [file.path for file in verdict.files] == ["a.py", "c.py"]


@given(_FILES, some.integers(0, 100))
def test_covering_what_a_gate_names_satisfies_it(files: list[FileNumbers], percent: int) -> None:
    verdict = at_least("total", "workspace", files, Floor(percent))
    named = {file.path for file in verdict.files}
    covered = [
        FileNumbers(file.path, Numbers(statements=file.numbers.statements), "")
        if file.path in named
        else file
        for file in files
    ]
    assert at_least("total", "workspace", covered, Floor(percent)).state is State.PASSED
    assert (verdict.state is State.FAILED) == bool(named)


def test_less_than_before_fails_the_ratchet_and_names_what_is_new() -> None:
    before = Former(90.0, 10, {"old.py": 10})
    now = _project(_file("old.py", 80, 10), _file("new.py", 20, 6))
    verdict = not_worse(now, before, tolerance=0)
    assert verdict.state is State.FAILED
    assert verdict.sentence == "84 % with 16 uncovered, before 90 % with 10"
    assert [file.path for file in verdict.files] == ["new.py"]
    assert not_worse(now, before, tolerance=6).state is State.PASSED


def test_removing_covered_code_does_not_fail_the_ratchet() -> None:
    before = Former(90.0, 10, {"old.py": 10})
    assert not_worse(_project(_file("old.py", 40, 10)), before, 0).state is State.PASSED


def test_branches_count_beside_lines() -> None:
    assert uncovered(Numbers(statements=4, missing=1, branches=4, missing_branches=2)) == 3
