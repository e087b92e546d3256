"""Which project a file belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.workspace import ProjectInput, owner_of, shares


def _project(source: str) -> ProjectInput:
    return ProjectInput(source.replace("/", "-"), source, Path(source), "passed")


_PROJECTS = [_project("apps/web"), _project("apps/web/plugin"), _project("apps/web2")]


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("apps/web/src/a.py", "apps-web"),
        ("apps/web/plugin/a.py", "apps-web-plugin"),
        ("apps/web2/a.py", "apps-web2"),
        ("tools/a.py", None),
    ],
)
def test_a_file_belongs_to_the_project_that_holds_it_most_closely(
    path: str, owner: str | None
) -> None:
    found = owner_of(path, _PROJECTS)
    assert (found.id if found else None) == owner


def test_the_workspaces_root_holds_what_no_other_project_does() -> None:
    root = ProjectInput("root", ".", Path(), "passed")
    assert owner_of("tools/a.py", [root, *_PROJECTS]) == root
    assert owner_of("apps/web/a.py", [root, *_PROJECTS]) == _PROJECTS[0]


def test_a_file_of_no_project_belongs_to_the_one_that_measured_it() -> None:
    data = {"apps-web": Executed(False, {"tools/a.py": FileRun(lines={"": 0b10})})}
    assert shares(_PROJECTS, data) == data


def test_each_share_is_of_the_kind_that_its_own_project_measures() -> None:
    arcs = Executed(True, {"apps/web/a.py": FileRun(arcs={"": frozenset([(1, 2)])})})
    lines = Executed(
        False,
        {
            "apps/web2/b.py": FileRun(lines={"": 0b10}),
            "apps/web/a.py": FileRun(lines={"": 0b1000}),
        },
    )
    found = shares(_PROJECTS, {"apps-web": arcs, "apps-web2": lines})
    assert found["apps-web"].files["apps/web/a.py"].arcs == {"": frozenset([(1, 2), (3, 3)])}
    assert found["apps-web2"] == Executed(False, {"apps/web2/b.py": FileRun(lines={"": 0b10})})
