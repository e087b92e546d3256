from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from moonpool.errors import MoonpoolError
from moonpool.moon.runner import Runner, choose_runner, parse_runner, venv_runner
from moonpool.moon.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def _choose(root: Path, path: str = "") -> Runner:
    return choose_runner(Workspace(root), ".venv", environ={"PATH": path}, windows=False)


def test_an_empty_workspace_takes_what_is_on_path(tmp_path: Path) -> None:
    assert _choose(tmp_path) == Runner("path")


def test_a_virtualenv_at_the_root_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    assert _choose(tmp_path) == Runner("venv", ".venv/bin")


def test_uv_is_taken_where_it_has_locked_the_workspace_and_is_there(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / "uv.lock").touch()
    assert _choose(tmp_path) == Runner("venv", ".venv/bin")
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.touch(mode=0o755)
    assert _choose(tmp_path, os.fspath(uv.parent)) == Runner("uv")


def test_each_runner_says_its_words() -> None:
    assert Runner("path").moonpool == ("moonpool",)
    assert Runner("path").pytest == ("python", "-m", "pytest")
    assert Runner("uv").moonpool == ("uv", "run", "--no-sync", "moonpool")
    assert Runner("uv").python == ("uv", "run", "--no-sync", "python")
    assert Runner("venv", ".venv/bin").moonpool == (".venv/bin/moonpool",)
    assert Runner("venv", ".venv/bin").pytest[:2] == (".venv/bin/python", "-c")


def test_windows_keeps_its_programs_elsewhere(tmp_path: Path) -> None:
    runner = venv_runner(r"envs\main", Workspace(tmp_path), windows=True)
    assert runner.moonpool == ("envs/main/Scripts/moonpool.exe",)


@pytest.mark.parametrize("runner", [Runner("path"), Runner("uv"), Runner("venv", "envs/a/bin")])
def test_a_runner_survives_being_written_down(runner: Runner) -> None:
    assert parse_runner(str(runner)) == runner


@pytest.mark.parametrize("text", ["", "pip", "venv", "venv:", "venv:a b", "path:x"])
def test_what_nobody_wrote_is_no_runner(text: str) -> None:
    assert parse_runner(text) is None


@pytest.mark.parametrize("venv", ["/opt/venv", "../venv", "a/../../b", "my venv", "it's", ""])
def test_a_virtualenv_elsewhere_is_refused(tmp_path: Path, venv: str) -> None:
    with pytest.raises(MoonpoolError) as raised:
        venv_runner(venv, Workspace(tmp_path), windows=False)
    assert raised.value.message == (
        f"found `{venv}` as the virtualenv, expected a path below `{tmp_path}`"
    )
    assert raised.value.hint == "run `moonpool init --runner venv --venv .venv`"
    assert raised.value.slug == "runner"
