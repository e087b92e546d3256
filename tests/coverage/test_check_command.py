"""`moonpool coverage check` on a workspace with a git history: each gate, and what it names."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from moonpool.cli.group import run
from moonpool.coverage.combine import combine
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.workspace import DATA_FILE, ProjectInput
from tests.coverage.building import plant

if TYPE_CHECKING:
    from pathlib import Path

_AUTHOR = ("-c", "user.name=tests", "-c", "user.email=tests@example.org")
_CORE = "def sign(number):\n    if number < 0:\n        return -1\n    return 1\n"


def _asked(found: str, needed: str) -> str:
    return f"{found}: {needed} lines and branches would do"


class Workspace:
    """Two measured projects, `core` (3 of 4 lines) and `web` (1 of 1), committed on `main`."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.states = {"core": "passed", "web": "passed"}
        self.inputs: dict[str, tuple[str, ...]] = {}
        self._capsys = capsys
        plant(root, {".moon/workspace.yml": "projects: []\n", ".gitignore": ".moonpool/\n"})
        plant(root, {"core/a.py": _CORE, "web/b.py": "WEB = 1\n"})
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit()
        self.ran("core", {"a.py": 0b10110})
        self.ran("web", {"b.py": 0b10})

    def git(self, *words: str) -> None:
        done = subprocess.run(
            ["git", *_AUTHOR, *words], cwd=self.root, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "state")

    def ran(self, project: str, files: dict[str, int]) -> None:
        """Say which lines of a project its tests ran, as bits, and combine."""
        runs = {name: FileRun(lines={"": bits} if bits else {}) for name, bits in files.items()}
        write_data_file(self.root / project / DATA_FILE, Executed(False, runs))
        self.combine()

    def combine(self) -> None:
        projects = [
            ProjectInput(name, name, self.root / name, state, self.inputs.get(name, ()))
            for name, state in self.states.items()
        ]
        combine(projects, self.root)

    def check(self, *words: str) -> tuple[int, list[str]]:
        """Return the exit code and the lines of stdout, their columns joined by one blank."""
        self._capsys.readouterr()
        code = run(["coverage", "check", "--no-annotate", *words])
        return code, [" ".join(line.split()) for line in self._capsys.readouterr().out.splitlines()]


@pytest.fixture
def workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Workspace:
    """The workspace, with its root as the working directory."""
    root = tmp_path / "workspace"
    root.mkdir()
    monkeypatch.chdir(root)
    return Workspace(root, capsys)


def test_without_gates_nothing_is_asked_for(workspace: Workspace) -> None:
    code, lines = workspace.check()
    assert (code, lines) == (
        0,
        ["no gates: nothing is asked for in [tool.moonpool.gates] or by a `fail_under`"],
    )


def test_the_total_is_judged_once_and_says_what_would_satisfy_it(workspace: Workspace) -> None:
    assert workspace.check("--total", "80") == (
        0,
        ["passed total workspace 80 %, expected at least 80 %"],
    )
    assert workspace.check("--total", "80.1") == (
        1,
        [
            _asked("failed total workspace 80 %, expected at least 80.1 %", "1 more of 5"),
            "core/a.py: 3",
        ],
    )


def test_each_project_has_its_own_floor(workspace: Workspace) -> None:
    plant(workspace.root, {"pyproject.toml": "[tool.moonpool.gates]\neach = 90\n"})
    code, lines = workspace.check()
    assert code == 1
    assert [line.split(" %")[0] for line in lines] == [
        "failed project core 75",
        "core/a.py: 3",
        "passed project web 100",
    ]
    plant(workspace.root, {"core/pyproject.toml": "[tool.moonpool.gates]\neach = 70\n"})
    assert workspace.check()[0] == 0


def test_a_projects_own_fail_under_is_honoured(workspace: Workspace) -> None:
    plant(workspace.root, {"core/.coveragerc": "[report]\nfail_under = 76\n"})
    workspace.combine()
    code, lines = workspace.check()
    assert code == 1
    assert lines[0].startswith("failed fail_under core 75 %, expected at least 76 %: 1 more of 4")


def test_only_changed_lines_count_through_a_rename_a_merge_and_a_move(workspace: Workspace) -> None:
    workspace.git("switch", "--quiet", "-c", "work")
    workspace.git("mv", "core/a.py", "core/renamed.py")
    moved = "def helper_of_many_words(first_value):\n    return first_value + 1000000\n"
    plant(workspace.root, {"web/b.py": f"WEB = 1\n{moved}"})
    workspace.commit()
    workspace.git("switch", "--quiet", "main")
    plant(workspace.root, {"web/theirs.py": "NEVER = 1\n"})
    workspace.commit()
    workspace.git("switch", "--quiet", "work")
    workspace.git("merge", "--quiet", "--no-edit", "main")
    workspace.ran("core", {"renamed.py": 0b10110})
    workspace.ran("web", {"b.py": 0b110, "theirs.py": 0})
    assert workspace.check("--base", "main", "--changed", "60") == (
        1,
        [
            _asked("failed changed lines 50 %, expected at least 60 %", "1 more of 2"),
            "web/b.py: 3",
        ],
    )
    # The same function, moved to the other project: nothing of it changed.
    workspace.git("switch", "--quiet", "-c", "next")
    plant(workspace.root, {"web/b.py": "WEB = 1\n", "core/renamed.py": f"{_CORE}{moved}"})
    workspace.commit()
    workspace.ran("web", {"b.py": 0b10, "theirs.py": 0})
    workspace.ran("core", {"renamed.py": 0b10110})
    assert workspace.check("--base", "work", "--changed", "100") == (
        0,
        ["passed changed lines no measured line changed"],
    )


def test_uncovered_changed_lines_become_annotations(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(workspace.root, {"core/a.py": _CORE.replace("-1", "-2")})
    assert run(["coverage", "check", "--base", "main", "--annotate"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "::warning file=core/a.py,line=3,endLine=3,title=Changed and not covered::"
        "never run by a test"
    )


def test_the_ratchet_lets_coverage_rise_and_not_fall(workspace: Workspace) -> None:
    assert run(["coverage", "baseline"]) == 0
    first = (workspace.root / "coverage-baseline.json").read_bytes()
    assert workspace.check()[0] == 0
    workspace.ran("core", {"a.py": 0b00110})
    code, lines = workspace.check()
    assert code == 1
    assert lines[:2] == [
        "failed ratchet core 50 % with 2 uncovered, before 75 % with 1",
        "core/a.py: 3-4",
    ]
    assert run(["coverage", "baseline"]) == 0
    assert (workspace.root / "coverage-baseline.json").read_bytes() == first
    assert run(["coverage", "baseline", "--lower"]) == 0
    assert workspace.check()[0] == 0


def test_what_is_not_known_is_said_and_is_no_success(workspace: Workspace) -> None:
    workspace.states["web"] = "failed"
    (workspace.root / "web" / DATA_FILE).unlink()
    plant(workspace.root, {"web/b.py": "WEB = 2\n"})
    workspace.combine()
    code, lines = workspace.check("--total", "70", "--base", "main", "--changed", "0")
    reason = "no data: its tests failed before coverage was written"
    assert (code, lines) == (
        68,
        [
            f"unknown data web {reason}",
            "unknown total workspace 75 %, expected at least 70 %, without web",
            "passed changed lines no measured line changed",
            f"unknown changed web {reason}; changed: web/b.py",
        ],
    )


def test_what_others_ran_of_a_project_is_not_all_of_it(workspace: Workspace) -> None:
    workspace.ran("core", {"a.py": 0b10110, "../web/b.py": 0b10})
    (workspace.root / "web" / DATA_FILE).write_text("damaged")
    workspace.combine()
    code, lines = workspace.check("--total", "70")
    assert code == 68
    assert [line.split()[:3] for line in lines] == [
        ["unknown", "data", "web"],
        ["unknown", "total", "workspace"],
    ]


def test_what_no_gate_looks_at_need_not_be_known(workspace: Workspace) -> None:
    workspace.states["web"] = "not run"
    (workspace.root / "web" / DATA_FILE).unlink()
    workspace.combine()
    assert workspace.check()[0] == 0
    assert workspace.check("--base", "main")[0] == 0
    assert workspace.check("--each", "70")[0] == 68


def test_a_project_that_does_not_measure_is_not_asked_for(workspace: Workspace) -> None:
    (workspace.root / "web" / DATA_FILE).unlink()
    workspace.combine()
    assert workspace.check("--total", "70")[0] == 0


def _with_frontend(workspace: Workspace) -> None:
    """Commit a third project, `ui`, of whose four lines and two branches other tools ran half."""
    lcov = "SF:a.ts\nDA:1,1\nDA:2,1\nDA:3,0\nDA:4,0\nBRDA:2,0,0,1\nBRDA:2,0,1,0\nend_of_record\n"
    files = {"ui/a.ts": "a();\nif (b)\n  c();\nelse d();\n", "ui/.moonpool/lcov.info": lcov}
    plant(workspace.root, files)
    workspace.states["ui"] = "passed"
    workspace.inputs["ui"] = (".moonpool/lcov.info",)
    workspace.combine()


def test_other_tools_files_are_judged_too(workspace: Workspace) -> None:
    _with_frontend(workspace)
    workspace.commit()
    assert workspace.check("--each", "60") == (
        1,
        [
            "passed project core 75 %, expected at least 60 %",
            _asked("failed project ui 50 %, expected at least 60 %", "1 more of 6"),
            "ui/a.ts: 2 (1 branch), 3-4",
            "passed project web 100 %, expected at least 60 %",
        ],
    )
    assert workspace.check("--total", "63")[0] == 0
    assert run(["coverage", "baseline"]) == 0
    plant(workspace.root, {"ui/.moonpool/lcov.info": "SF:a.ts\nDA:1,1\nDA:4,0\nend_of_record\n"})
    workspace.combine()
    assert workspace.check()[0] == 0
    more = "".join(f"DA:{line},0\n" for line in (1, 2, 3, 4))
    plant(workspace.root, {"ui/.moonpool/lcov.info": f"SF:a.ts\n{more}end_of_record\n"})
    workspace.combine()
    assert workspace.check()[1][:2] == [
        "passed ratchet core 75 % with 1 uncovered, before 75 % with 1",
        "failed ratchet ui 0 % with 4 uncovered, before 50 % with 3",
    ]


@pytest.mark.parametrize("is_committed", [True, False])
def test_changed_lines_of_other_tools_files_are_those_in_their_data(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], is_committed: bool
) -> None:
    workspace.git("switch", "--quiet", "-c", "work")
    _with_frontend(workspace)
    if is_committed:
        workspace.commit()
    assert workspace.check("--base", "main", "--changed", "60") == (
        1,
        [
            _asked("failed changed lines 50 %, expected at least 60 %", "1 more of 6"),
            "ui/a.ts: 2 (1 branch), 3-4",
        ],
    )
    assert run(["coverage", "check", "--base", "main", "--annotate"]) == 0
    place = "file=ui/a.ts,line={},endLine={},title=Changed and not covered"
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"::warning {place.format(2, 2)}::1 branch never taken",
        f"::warning {place.format(3, 4)}::never run by a test",
    ]


def test_a_frontend_of_which_something_is_not_known_is_no_success(workspace: Workspace) -> None:
    workspace.git("switch", "--quiet", "-c", "work")
    _with_frontend(workspace)
    workspace.commit()
    workspace.inputs["ui"] = (".moonpool/lcov.info", ".moonpool/e2e.info")
    workspace.combine()
    reason = "without `ui/.moonpool/e2e.info`: it is not there"
    assert workspace.check("--total", "60") == (
        68,
        [
            f"unknown data ui {reason}",
            "unknown total workspace 63.63 %, expected at least 60 %, without ui",
        ],
    )
    workspace.inputs["ui"] = (".moonpool/e2e.info",)
    workspace.combine()
    code, lines = workspace.check("--base", "main", "--changed", "60")
    assert code == 68
    assert lines[1:] == [
        "unknown changed ui no data: its tests left no `ui/.moonpool/e2e.info`; changed: ui/a.ts"
    ]


def test_fail_under_is_about_what_coverage_measured(workspace: Workspace) -> None:
    plant(workspace.root, {"core/.coveragerc": "[report]\nfail_under = 75\n"})
    plant(workspace.root, {"core/b.ts": "x\n"})
    plant(workspace.root, {"core/.moonpool/lcov.info": "SF:b.ts\nDA:1,0\nend_of_record\n"})
    workspace.inputs["core"] = (".moonpool/lcov.info",)
    workspace.combine()
    assert workspace.check("--each", "60") == (
        0,
        [
            "passed project core 60 %, expected at least 60 %",
            "passed fail_under core 75 %, expected at least 75 %",
            "passed project web 100 %, expected at least 60 %",
        ],
    )


def test_json_says_the_same(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", "check", "--total", "90", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    (gate,) = said["gates"]
    assert (said["version"], gate["state"], gate["files"]) == (
        1,
        "failed",
        [{"path": "core/a.py", "missing": "3"}],
    )


def test_changed_lines_need_a_base(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["coverage", "check", "--changed", "90"]) == 64
    assert capsys.readouterr().err.splitlines() == [
        "error: found a percentage for changed lines and no revision to compare with",
        "hint: add `--base origin/main`, or `base` to `[tool.moonpool.gates]`",
    ]
