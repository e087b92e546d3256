"""The data files of other tools, told apart by what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.combined import Lacking
from moonpool.coverage.foreign.inputs import Inputs, read_inputs
from moonpool.coverage.workspace import ProjectInput
from tests.coverage.building import plant
from tests.coverage.foreign.samples import BY_C8, BY_ISTANBUL, SOURCE, sample

if TYPE_CHECKING:
    from pathlib import Path

    from moonpool.coverage.numbers import Numbers


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace whose project `frontend` has one source."""
    return plant(tmp_path / "workspace", {"frontend/src/lib.js": SOURCE})


def _read(root: Path, *names: str) -> Inputs:
    return read_inputs(ProjectInput("web", "frontend", root / "frontend", "passed", names), root)


def _numbers(inputs: Inputs) -> dict[str, Numbers]:
    return {path: counts.numbers for path, counts in inputs.files.items()}


@pytest.mark.parametrize(
    ("report", "numbers"), [("c8.info", BY_C8), ("c8.xml", BY_C8), ("istanbul.info", BY_ISTANBUL)]
)
@pytest.mark.parametrize("head", ["", "\ufeff", "\n"])
def test_the_content_tells_the_format(root: Path, report: str, numbers: Numbers, head: str) -> None:
    plant(root, {"frontend/out/coverage": ""})
    (root / "frontend/out/coverage").write_text(head + sample(report))
    inputs = _read(root, "out/coverage")
    assert _numbers(inputs) == {"frontend/src/lib.js": numbers}
    assert (inputs.read, inputs.lacking, inputs.outside) == (True, (), 0)


def test_two_files_are_summed_and_two_formats_of_one_run_do_not_count_branches_twice(
    root: Path,
) -> None:
    e2e = "SF:src/lib.js\nDA:22,1\nend_of_record\n"
    plant(root, {"frontend/a": sample("c8.info"), "frontend/b": e2e})
    plant(root, {"frontend/c": sample("c8.xml")})
    (both,) = _numbers(_read(root, "a", "b")).values()
    assert (both.missing, both.branches) == (6, 7)
    assert _numbers(_read(root, "a", "c")) == {"frontend/src/lib.js": BY_C8}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ('{"src/lib.js": {}}', "is neither lcov nor Cobertura"),
        ("SQLite format 3\0", "is neither lcov nor Cobertura"),
        ("TN:\n", "names no file"),
        ("<coverage><packages/></coverage>", "names no file"),
        ("<coverage>", "is no XML: no element found: line 1, column 10"),
        ("SF:a\nDA:1\nend_of_record\n", "cannot be read: line 2 is `DA:1`"),
    ],
)
def test_what_cannot_be_used_is_named_and_the_rest_is_read(
    root: Path, text: str, problem: str
) -> None:
    plant(root, {"frontend/good": sample("c8.info")})
    (root / "frontend/bad").write_text(text)
    inputs = _read(root, "bad", "good", "gone", "good/gone")
    assert _numbers(inputs) == {"frontend/src/lib.js": BY_C8}
    assert inputs.read
    assert inputs.lacking == (
        Lacking("frontend/bad", problem),
        Lacking("frontend/gone"),
        Lacking("frontend/good/gone"),
    )
    assert not _read(root, "bad").read


def test_a_file_outside_of_the_workspace_and_a_folder_are_refused(root: Path) -> None:
    plant(root.parent, {"secret": sample("c8.info")})
    (root / "frontend/link").symlink_to(root.parent / "secret")
    (root / "frontend/data").mkdir()
    inputs = _read(root, "../../secret", "link", str(root.parent / "secret"), "data")
    assert [file.reason for file in inputs.lacking] == [
        *["lies outside of the workspace"] * 3,
        "cannot be read: Is a directory",
    ]
    assert not inputs.read


def test_files_outside_of_the_workspace_are_counted(root: Path) -> None:
    text = "SF:/usr/lib/alien.js\nDA:1,1\nend_of_record\n"
    plant(root, {"frontend/a": text + sample("c8.info")})
    assert _read(root, "a").outside == 1
