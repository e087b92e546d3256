from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from moonpool.moon.rendering import read_header, render
from moonpool.moon.runner import Runner
from moonpool.moon.templates import TaskTemplate, task_templates, templates_folder

PYTEST, WORKSPACE = task_templates(templates_folder())
VENV = Runner("venv", ".venv/bin")


def _tasks(template: TaskTemplate, runner: Runner, major: int = 2) -> dict[str, dict[str, object]]:
    text = render(template, major=major, runner=runner, version="1.0")
    tasks = yaml.safe_load(text)["tasks"]
    assert isinstance(tasks, dict)
    return tasks


@pytest.mark.parametrize("template", [PYTEST, WORKSPACE])
def test_the_tag_that_we_speak_of_is_the_one_in_the_file(template: TaskTemplate) -> None:
    text = render(template, major=2, runner=VENV, version="1.0")
    assert yaml.safe_load(text)["inheritedBy"] == {"tags": [template.tag]}


def test_moon_1_is_spared_what_it_refuses() -> None:
    text = render(PYTEST, major=1, runner=VENV, version="1.0")
    assert "inheritedBy" not in text
    assert "checks:" not in text
    assert PYTEST.file_name(1) == "tag-pytest.yml"


@pytest.mark.parametrize("major", [1, 2])
def test_no_marker_is_left(major: int) -> None:
    assert "#: " not in render(PYTEST, major=major, runner=VENV, version="1.0")


def test_moon_1_and_moon_2_share_every_other_word() -> None:
    old, new = _tasks(PYTEST, VENV, major=1), _tasks(PYTEST, VENV)
    for task in new.values():
        task.pop("checks", None)
    assert old == new


def test_programs_of_a_virtualenv_are_started_from_the_root() -> None:
    tasks = _tasks(PYTEST, VENV)
    assert tasks["test"]["command"] == [".venv/bin/moonpool", "test"]
    assert tasks["test"]["options"] == {"shell": False, "runFromWorkspaceRoot": True}
    assert tasks["test"]["checks"] == [
        {"check": "fingerprint", "script": ".venv/bin/python -V", "hash": "stdout"}
    ]
    coverage = _tasks(WORKSPACE, VENV)["coverage"]["command"]
    assert coverage == [".venv/bin/moonpool", "coverage", "combine"]


def test_uv_starts_programs_in_the_project() -> None:
    tasks = _tasks(PYTEST, Runner("uv"))
    before = ["uv", "run", "--no-sync"]
    assert tasks["test"]["command"] == [*before, "moonpool", "test"]
    assert tasks["test-plain"]["command"] == [
        *before,
        "python",
        "-m",
        "pytest",
        "-p",
        "no:moonpool",
    ]
    assert tasks["test"]["options"] == {"shell": False, "runFromWorkspaceRoot": False}


def test_a_file_says_what_it_was_written_from() -> None:
    header = read_header(render(PYTEST, major=1, runner=VENV, version="1.2.3"))
    assert header is not None
    assert (header.version, header.template, header.major) == ("1.2.3", "pytest", 1)
    assert header.runner == VENV
    assert header.untouched


TEXT = render(PYTEST, major=2, runner=VENV, version="1.0")


@given(
    position=st.integers(TEXT.index("\n") + 1, len(TEXT) - 1),
    letter=st.characters(codec="utf-8", exclude_categories=["Cs"]),
)
def test_any_other_letter_in_the_body_is_seen(position: int, letter: str) -> None:
    header = read_header(TEXT[:position] + letter + TEXT[position + 1 :])
    assert header is not None
    assert header.untouched == (letter == TEXT[position])


@pytest.mark.parametrize("text", ["", "tasks: {}\n", "# moonpool: version=1\ntasks: {}\n"])
def test_a_file_without_our_line_is_not_ours(text: str) -> None:
    assert read_header(text) is None
