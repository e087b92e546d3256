"""Files that cannot be audited are named; the others are audited, and nothing bad is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.cli.group import run
from tests.audit.building import CI, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

DEPLOY = workflow("- run: pip install -r requirements.txt\n- name: Verify\n  run: pytest\n")
BAD: dict[str, bytes] = {
    "anchor": b"on: push\njobs: &j\n  a: *j\n",
    "binary": b"on: push\n\xff\xfe\n",
    "empty": b"",
    "huge": b"# comment\n" * 600_000,
    "list": b"- on\n- push\n",
    "tab": b"on: push\njobs:\n\ta: 1\n",
    "twice": b"on: push\non: push\n",
    "unclosed": b"on: [push\n",
}


def _plant(root: Path) -> Path:
    plant(root, ci=CI, deploy=DEPLOY)
    folder = root / ".github" / "workflows"
    for name, data in BAD.items():
        (folder / f"bad-{name}.yml").write_bytes(data)
    (root.parent / "outside.yml").write_text("on: push\n")
    (folder / "bad-link.yml").symlink_to(root.parent / "outside.yml")
    (folder / "bad-circle.yml").symlink_to(folder / "bad-circle.yml")
    (folder / "folder.yml").mkdir()
    return root


def test_each_is_named_with_its_line_and_the_others_are_audited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = _plant(tmp_path / "root")
    assert run(["audit", str(root), "--select", "G0,R1"]) == 71
    lines = capsys.readouterr().out.splitlines()
    told = [line.split(": ", 1)[0] for line in lines if ": G0 error: " in line]
    names = [place.removeprefix(".github/workflows/bad-") for place in told]
    assert names == [
        "anchor.yml:2",
        "binary.yml:2",
        "circle.yml:1",
        "empty.yml:1",
        "huge.yml:1",
        "link.yml:1",
        "list.yml:1",
        "tab.yml:3",
        "twice.yml:2",
        "unclosed.yml:1",
    ]
    assert any(": R1 high: " in line for line in lines)


def test_a_fix_elsewhere_is_made_and_they_stay_as_they_are(tmp_path: Path) -> None:
    root = _plant(tmp_path / "root")
    assert run(["audit", str(root), "--select", "R1", "--fix", "--gate", "none"]) == 0
    folder = root / ".github" / "workflows"
    assert "Verify" not in (folder / "deploy.yml").read_text()
    assert {name: (folder / f"bad-{name}.yml").read_bytes() for name in BAD} == BAD
    assert (root.parent / "outside.yml").read_text() == "on: push\n"


URL = "env: {URL: 'postgres://localhost:5432/x'}"
SERVICE = "services: {db: {image: postgres, ports: ['5432:5432']}}"
MOON_CI = CI.replace("run: pytest", "run: moon run :ci")
MOON_DEPLOY = workflow(
    "- name: Install moon\n  uses: moonrepo/setup-toolchain@v0\n"
    f"- name: Verify\n  {URL}\n  run: moon run app:test\n",
).replace("    steps:", f"    {SERVICE}\n    steps:")
MOON_TASKS = (
    "tasks:\n  test: {command: 'pytest -q', deps: ['~:lint']}\n  lint: {command: ruff check}\n"
    "  ci: {command: noop, deps: ['~:test'], outputs: []}\n"
)


def test_a_moon_target_lies_within_another_and_what_it_needed_goes_with_it(tmp_path: Path) -> None:
    ci = MOON_CI.replace(
        "- name: Tests", "- name: Tests\n        env: {URL: 'postgres://localhost:5432/x'}"
    )
    ci = ci.replace(
        "    steps:", "    services: {db: {image: postgres, ports: ['5432:5432']}}\n    steps:"
    )
    plant(tmp_path, ci=ci, deploy=MOON_DEPLOY, packages__app__moon_yml=MOON_TASKS)
    (tmp_path / ".moon").mkdir()
    (tmp_path / ".moon" / "workspace.yml").write_text("projects: ['packages/*']\n")
    words = ["audit", str(tmp_path), "--select", "R1,R3", "--fix", "--gate", "none"]
    assert run([*words, "--unsafe-fixes"]) == 0
    assert (tmp_path / ".github/workflows/deploy.yml").read_text() == (
        "name: Deploy\non:\n  push: {branches: [main]}\njobs:\n  deploy:\n"
        "    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"
        "      - run: ./deploy.sh\n"
    )
