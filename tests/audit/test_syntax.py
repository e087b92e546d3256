"""G0 and G3: what GitHub refuses, with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.audit.building import found, plant

if TYPE_CHECKING:
    from pathlib import Path

A_JOB = "  a:\n    runs-on: x\n    steps:\n"
STEPS = f"on: push\njobs:\n{A_JOB}"
JOB = "    runs-on: ubuntu-latest\n    steps: [{run: make}]\n"


def _messages(root: Path) -> list[tuple[int, str]]:
    return [(f.place.line, f.message) for f in found(root, check_only=True)]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("on: push\n", 1, "found no jobs, expected a mapping `jobs:`"),
        (f"jobs:\n  a:\n{JOB}", 1, "found no trigger, expected `on:` with an event"),
        (f"on: pusch\njobs:\n  a:\n{JOB}", 1, "found the unknown event `pusch`"),
        (
            f"on:\n  push:\n    branches: [a]\n    branches-ignore: [b]\njobs:\n  a:\n{JOB}",
            4,
            "found `branches` and `branches-ignore` for `push`, expected one of them",
        ),
        (f"on: push\nenvs: {{}}\njobs:\n  a:\n{JOB}", 2, "found the unknown key `envs`"),
        ("on: push\njobs:\n  a:\n    steps: [{run: x}]\n", 3, "found neither `runs-on` nor `uses`"),
        ("on: push\njobs:\n  a:\n    runs-on: x\n", 3, "found no steps in the job `a`"),
        ("on: push\njobs:\n  a:\n    runs-on: x\n    steps: []\n", 5, "found no steps in the job"),
        (
            STEPS + "      - name: y\n",
            6,
            "found neither `uses` nor `run` in step 1 of the job `a`",
        ),
        (
            STEPS + "      - run: y\n        uses: z@v1\n",
            6,
            "found both `uses` and `run`",
        ),
        (
            STEPS + "      - runs: y\n        run: z\n",
            6,
            "found the unknown key `runs` in step 1",
        ),
        (
            STEPS + "      - {id: s, run: y}\n      - {id: S, run: z}\n",
            7,
            "found the id `S` twice",
        ),
        (f"on: push\njobs:\n  1a:\n{JOB}", 3, "found the job `1a`, expected letters"),
        ("on: push\njobs:\n  a: x\n", 3, "found no mapping as the job `a`"),
        (
            "on: push\njobs:\n  a:\n    uses: ./.github/workflows/w.yml\n    steps: []\n",
            5,
            "found the unknown key `steps` in the job `a`, which calls a workflow",
        ),
    ],
)
def test_a_wrong_structure_is_told(tmp_path: Path, text: str, line: int, message: str) -> None:
    plant(tmp_path, w=text)
    assert any(at == line and said.startswith(message) for at, said in _messages(tmp_path)), (
        _messages(tmp_path)
    )


def _jobs(text: str) -> str:
    return f"on: push\njobs:\n{text}"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            f"  a:\n    needs: [b]\n{JOB}",
            4,
            "found `needs: b` in the job `a`, and there is no such job",
        ),
        (
            f"  a:\n{JOB}  b:\n    if: needs.a.result == 'success'\n{JOB}",
            7,
            "found `needs.a`, and the job `b` does not need it",
        ),
        (
            f"  a:\n{JOB}  b:\n    needs: a\n    name: ${{{{ needs.a.outputs.v }}}}\n{JOB}",
            8,
            "found `needs.a.outputs.v`, and the job `a` has no such output",
        ),
        (
            A_JOB + "      - run: |\n          a\n          echo ${{ steps.s.outputs.x }}\n",
            8,
            "found `steps.s`, and the job `a` has no such step",
        ),
        (
            A_JOB + "      - run: echo ${{ steps.s.outcome }}\n      - id: s\n        run: y\n",
            6,
            "found `steps.s` before the step itself has run",
        ),
        (
            f"  a:\n    needs: b\n{JOB}  b:\n    needs: a\n{JOB}",
            3,
            "found jobs that need each other: `a` -> `b` -> `a`",
        ),
        (
            "  a:\n    uses: ./.github/workflows/gone.yml\n",
            3,
            "found `uses: ./.github/workflows/gone.yml` in the job `a`, and there is no such file",
        ),
        (
            "  a:\n    uses: ./.github/workflows/w.yml\n",
            3,
            "the job `a` calls `.github/workflows/w.yml`, which has no `workflow_call` trigger",
        ),
    ],
)
def test_what_leads_nowhere_is_told(tmp_path: Path, text: str, line: int, message: str) -> None:
    plant(tmp_path, w=_jobs(text))
    assert (line, message) in _messages(tmp_path)


def test_workflows_that_call_each_other_in_a_circle_are_told(tmp_path: Path) -> None:
    plant(
        tmp_path,
        a="on: workflow_call\njobs:\n  x: {uses: ./.github/workflows/b.yml}\n",
        b="on: workflow_call\njobs:\n  y: {uses: ./.github/workflows/a.yml}\n",
    )
    assert [(f.place.path[-5:], f.message) for f in found(tmp_path, check_only=True)] == [
        ("a.yml", "the job `x` calls `.github/workflows/b.yml`, which leads back to this workflow"),
        ("b.yml", "the job `y` calls `.github/workflows/a.yml`, which leads back to this workflow"),
    ]


def test_outputs_of_called_workflows_are_known(tmp_path: Path) -> None:
    called = "on: {workflow_call: {outputs: {v: {value: x}}}}\njobs:\n  a:\n" + JOB
    text = "  a:\n    uses: ./.github/workflows/c.yml\n  b:\n    needs: a\n    env:\n"
    plant(
        tmp_path,
        c=called,
        w=_jobs(f"{text}      X: ${{{{ needs.a.outputs.v }}}} ${{{{ needs.a.outputs.w }}}}\n{JOB}"),
    )
    assert [message for _, message in _messages(tmp_path)] == [
        "found `needs.a.outputs.w`, and the job `a` has no such output"
    ]


def test_outputs_and_environment_may_stand_before_the_steps(tmp_path: Path) -> None:
    text = (
        "  a:\n    runs-on: x\n    outputs: {v: '${{ steps.s.outputs.v }}'}\n"
        "    environment: {name: p, url: \"${{ steps['s'].outputs.url }}\"}\n"
        "    steps:\n      - {id: s, run: y}\n"
    )
    plant(tmp_path, w=_jobs(text))
    assert _messages(tmp_path) == []


def test_one_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    plant(tmp_path, a="on: [\n", b=_jobs(f"  a:\n    needs: b\n{JOB}"), c=_jobs(f"  a:\n{JOB}"))
    found_ = found(tmp_path, check_only=True)
    assert [(f.place.path[-5:], f.rule) for f in found_] == [("a.yml", "G0"), ("b.yml", "G3")]
