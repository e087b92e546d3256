from __future__ import annotations

import re
from pathlib import Path

import pytest

from moonpool.moon import Workspace, affected_tasks, require_moon
from moonpool.moon.execution import INPUT_VARIABLES, chosen, execution
from moonpool.moon.program import Moon
from moonpool.moon.project import Project
from tests.support.moon import REPOSITORY, moon_workspace

TASKS = ("app:lint", "app:test", "core:test")
PROJECTS = tuple(
    Project(name, name, Path(name), tags, ()) for name, tags in (("app", ("web",)), ("core", ()))
)


def test_each_moon_is_asked_in_its_own_words_to_go_on_after_a_failure() -> None:
    old, new = Moon(Path("/m"), (1, 41, 7)), Moon(Path("/m"), (2, 5, 5))
    assert execution(old, [":test"]) == ["/m", "run", ":test", "--no-bail"]
    assert execution(new, ["a:test"]) == ["/m", "exec", "a:test", "--on-failure", "continue"]


@pytest.mark.parametrize(
    ("target", "tasks"),
    [
        (":test", ("app:test", "core:test")),
        ("core:test", ("core:test",)),
        ("#web:test", ("app:test",)),
        ("other:test", ()),
        (":build", ()),
    ],
)
def test_a_target_means_what_moon_means_by_it(target: str, tasks: tuple[str, ...]) -> None:
    assert chosen(TASKS, [target], PROJECTS) == tasks


def test_a_variable_that_is_set_affects_nobody(tmp_path: Path) -> None:
    workspace = moon_workspace(tmp_path / "workspace")
    workspace.project("core")
    workspace.commit()
    place, environ = Workspace(workspace.root), {**workspace.environ, "PYTHONPATH": "."}
    assert affected_tasks(require_moon(place, environ=environ), place, environ=environ) == ()


def test_the_variables_are_those_of_the_template() -> None:
    tasks = (REPOSITORY / "templates/pytest/tasks.yml").read_text()
    assert set(re.findall(r"^ +- '\$(\w+)'$", tasks, re.MULTILINE)) == INPUT_VARIABLES


def test_a_change_affects_dependents_of_dependents_and_nobody_else(tmp_path: Path) -> None:
    workspace = moon_workspace(tmp_path / "workspace")
    workspace.project("core")
    workspace.project("lib", "core")
    workspace.project("app", "lib")
    workspace.project("other")
    workspace.commit()
    workspace.write("packages/core/src/core.py", "ANSWER = 43\n")
    place = Workspace(workspace.root)
    moon = require_moon(place, environ=workspace.environ)
    tasks = affected_tasks(moon, place, environ=workspace.environ)
    assert chosen(tasks, [":test"], ()) == ("app:test", "core:test", "lib:test")
