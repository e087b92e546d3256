from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.moon.rendering import render
from moonpool.moon.runner import Runner
from moonpool.moon.templates import TaskTemplate
from moonpool.moon.vendoring import (
    FOLDER,
    Step,
    Verdict,
    apply,
    plan,
    read_vendored,
    recorded_runner,
)
from moonpool.moon.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

PATH = f"{FOLDER}/pytest.yml"


def _text(body: str = "tasks: {}\n", *, version: str = "1.2.0", runner: str = "path") -> str:
    template = TaskTemplate("pytest", "pytest", body)
    return render(template, major=2, runner=Runner(runner), version=version)


def _verdict(found: str | None) -> Verdict:
    (step,) = plan({PATH: _text()}, {} if found is None else {PATH: found}, version="1.2.0")
    return step.verdict


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (None, Verdict.CREATE),
        (_text(), Verdict.UNCHANGED),
        (_text(version="1.1.9"), Verdict.OUTDATED),
        (_text("tasks: {a: {}}\n"), Verdict.OUTDATED),
        (_text(runner="uv"), Verdict.OUTDATED),
        (_text(version="1.10.0"), Verdict.NEWER),
        (_text() + "# mine\n", Verdict.EDITED),
        (_text(version="1.1.9") + "# mine\n", Verdict.EDITED),
        ("tasks: {}\n", Verdict.FOREIGN),
        ("", Verdict.FOREIGN),
    ],
)
def test_a_file_is_judged_by_its_header_and_body(found: str | None, verdict: Verdict) -> None:
    assert _verdict(found) is verdict


def test_our_file_under_a_name_that_moon_no_longer_wants_is_surplus() -> None:
    old = f"{FOLDER}/tag-pytest.yml"
    found = {old: _text(), f"{FOLDER}/own.yml": "tasks: {}\n"}
    assert plan({}, found, version="1.2.0") == (Step(old, Verdict.SURPLUS, _text(), None),)
    (step,) = plan({}, {old: _text() + "# mine\n"}, version="1.2.0")
    assert step.verdict is Verdict.EDITED


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_a_persons_word_changes_what_is_there(verdict: Verdict) -> None:
    step = Step(PATH, verdict, "old", "new")
    quiet = step.acts(upgrade=False, overwrite=False)
    upgrade = step.acts(upgrade=True, overwrite=False)
    overwrite = step.acts(upgrade=False, overwrite=True)
    assert quiet == (verdict is Verdict.CREATE)
    assert upgrade == (verdict in (Verdict.CREATE, Verdict.OUTDATED, Verdict.SURPLUS))
    assert overwrite == (verdict is not Verdict.UNCHANGED)


def test_applying_writes_removes_and_leaves_the_rest(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    for name in ("old", "gone", "mine"):
        (folder / f"{name}.yml").write_text(name)
    steps = [
        Step(f"{FOLDER}/new.yml", Verdict.CREATE, None, "new"),
        Step(f"{FOLDER}/old.yml", Verdict.OUTDATED, "old", "newer"),
        Step(f"{FOLDER}/gone.yml", Verdict.SURPLUS, "gone", None),
        Step(f"{FOLDER}/mine.yml", Verdict.EDITED, "mine", "ours"),
    ]
    apply(workspace, steps, upgrade=True, overwrite=False)
    assert read_vendored(workspace) == {
        f"{FOLDER}/mine.yml": "mine",
        f"{FOLDER}/new.yml": "new",
        f"{FOLDER}/old.yml": "newer",
    }


def test_the_runner_that_was_chosen_is_remembered() -> None:
    assert recorded_runner({"a": "tasks: {}\n", "b": _text(runner="uv")}) == Runner("uv")
    assert recorded_runner({"a": "tasks: {}\n"}) is None
