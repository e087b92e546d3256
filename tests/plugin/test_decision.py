"""What `moonpool test` and `-n auto` decide, seen in real runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import PytestProject


def _header(output: str) -> str:
    return next((line for line in output.splitlines() if line.startswith("moonpool: ")), "")


@pytest.fixture
def long_project(project: PytestProject) -> PytestProject:
    """A project whose history says that workers pay: eight files of 30 s each."""
    project.tests(files=8)
    names = [f"tests/test_{number:03}.py" for number in range(8)]
    project.remember(*names, seconds=30.0, tests=2)
    return project


def test_a_long_suite_runs_on_the_machines_workers(long_project: PytestProject) -> None:
    done = long_project.test(MOONPOOL_WORKERS="3")
    assert done.returncode == 0, done.stdout
    assert _header(done.stdout) == "moonpool: 3 workers: MOONPOOL_WORKERS asks for 3"
    assert "created: 3/3 workers" in done.stdout
    assert "16 passed" in done.stdout


def test_files_stay_whole(long_project: PytestProject) -> None:
    for number in range(4):
        long_project.write(
            f"tests/test_{number:03}.py",
            "import os\n"
            "def test_a(): os.environ['SEEN'] = __file__\n"
            "def test_b(): assert os.environ['SEEN'] == __file__\n",
        )
    assert long_project.test(MOONPOOL_WORKERS="2").returncode == 0


def test_all_workers_hash_alike_and_what_they_start_does_not(long_project: PytestProject) -> None:
    for number in range(4):
        long_project.write(
            f"tests/test_{number:03}.py",
            "import os, subprocess, sys, pytest\n"
            "@pytest.mark.parametrize('word', {f'{n}' for n in range(20)})\n"
            "def test_a(word): pass\n"
            "def test_b():\n"
            "    assert 'PYTHONHASHSEED' not in os.environ\n"
            "    open(f'hash-{os.getpid()}', 'w').write(str(hash('moonpool')))\n",
        )
    done = long_project.test("--dist", "worksteal", MOONPOOL_WORKERS="2")
    assert done.returncode == 0, done.stdout
    hashes = {path.read_text() for path in long_project.root.glob("hash-*")}
    done = long_project.test("--dist", "worksteal", MOONPOOL_WORKERS="2")
    later = {path.read_text() for path in long_project.root.glob("hash-*")}
    assert (len(hashes), len(later)) == (1, 2)


def test_a_seed_of_the_users_is_kept(long_project: PytestProject) -> None:
    long_project.write(
        "tests/test_000.py",
        "import os\ndef test_it(): assert os.environ['PYTHONHASHSEED'] == '7'\n",
    )
    assert long_project.test(MOONPOOL_WORKERS="2", PYTHONHASHSEED="7").returncode == 0


def test_a_short_suite_runs_in_pytests_own_process(project: PytestProject) -> None:
    project.tests(files=4)
    done = project.test()
    assert done.returncode == 0
    assert _header(done.stdout).startswith("moonpool: no workers: 80 ms of tests (estimated)")
    assert "workers [" not in done.stdout


def test_the_users_number_wins(long_project: PytestProject) -> None:
    done = long_project.test("-n", "2", MOONPOOL_WORKERS="3")
    assert _header(done.stdout) == "moonpool: 2 workers: `-n` asks for 2"
    assert "created: 2/2 workers" in done.stdout
    done = long_project.test("-n", "0", MOONPOOL_WORKERS="3")
    assert _header(done.stdout) == "moonpool: no workers: `-n` asks for 0"
    assert "workers [" not in done.stdout


def test_a_number_in_addopts_wins_too(long_project: PytestProject) -> None:
    long_project.write("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-n 2'\n")
    done = long_project.test(MOONPOOL_WORKERS="3")
    assert "created: 2/2 workers" in done.stdout


def test_plain_auto_gets_the_same_decision(long_project: PytestProject) -> None:
    done = long_project.pytest("-n", "auto", MOONPOOL_WORKERS="3")
    assert "created: 3/3 workers" in done.stdout


def test_plain_auto_for_one_worker_stays_in_process(project: PytestProject) -> None:
    project.tests(files=2)
    done = project.pytest("-n", "auto")
    assert done.returncode == 0
    assert "workers [" not in done.stdout
    assert "4 passed" in done.stdout


def test_plain_pytest_is_left_alone(long_project: PytestProject) -> None:
    done = long_project.pytest(MOONPOOL_WORKERS="3")
    assert _header(done.stdout) == ""
    assert "workers [" not in done.stdout


def test_another_distribution_of_the_users_wins(long_project: PytestProject) -> None:
    long_project.write(
        "conftest.py",
        "def pytest_report_header(config): return f'dist={config.option.dist}'\n",
    )
    chosen = long_project.test(MOONPOOL_WORKERS="2")
    assert "dist=loadfile" in chosen.stdout
    theirs = long_project.test("--dist", "worksteal", MOONPOOL_WORKERS="2")
    assert "dist=worksteal" in theirs.stdout
    assert "created: 2/2 workers" in theirs.stdout


def test_a_project_may_let_its_files_be_split(project: PytestProject) -> None:
    project.write("pyproject.toml", "[tool.moonpool]\nsplit = true\n")
    body = "".join(f"def test_{n}(): pass\n" for n in range(8))
    project.write("tests/test_long.py", body)
    project.remember("tests/test_long.py", seconds=240.0, tests=8)
    assert project.workers("tests")["considered"][-2]["reason"] == "8 tests, each on one worker"
    done = project.test("-v", MOONPOOL_WORKERS="2")
    assert done.returncode == 0, done.stdout
    assert "scheduling tests via FileScheduler" in done.stdout
    for worker in ("[gw0]", "[gw1]"):
        assert f"{worker} [" in done.stdout, "both workers run tests of the one file"
    assert "% of what this work allows" in done.stdout
    whole = project.test("--dist", "loadfile", "-v", MOONPOOL_WORKERS="2")
    assert ("[gw0] [" in whole.stdout) != ("[gw1] [" in whole.stdout)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--collect-only"], "`--collect-only` runs no tests"),
        (["--pdb"], "`--pdb` needs the terminal"),
        (["--trace", "-k", "nothing"], "`--trace` needs the terminal"),
        (["-s"], "`-s` shows output as it comes, which workers cannot"),
        (["--setup-show"], "`--setup-show` prints as it goes"),
        (["--stepwise"], "`--stepwise` stops at the first failure"),
        (["--dist", "no"], "`--dist no`"),
        (["-p", "no:xdist"], "pytest-xdist is not active"),
    ],
)
def test_some_options_mean_no_workers(
    long_project: PytestProject, words: list[str], reason: str
) -> None:
    done = long_project.test(*words, MOONPOOL_WORKERS="3")
    assert _header(done.stdout) == f"moonpool: no workers: {reason}"
    assert "workers [" not in done.stdout


def test_switched_off_it_is_plain_pytest(long_project: PytestProject) -> None:
    done = long_project.test("-p", "no:moonpool", MOONPOOL_WORKERS="3")
    assert done.returncode == 0, done.stderr
    assert "moonpool: " not in done.stdout
    assert "workers [" not in done.stdout


def test_a_ceiling_holds(long_project: PytestProject) -> None:
    done = long_project.test("--maxprocesses", "1", MOONPOOL_WORKERS="100%")
    assert _header(done.stdout) == "moonpool: no workers: `--maxprocesses 1`"


@pytest.mark.parametrize("number", ["-4", "100000"])
def test_an_absurd_number_is_a_usage_error(project: PytestProject, number: str) -> None:
    project.tests(files=2)
    for done in (project.test(f"-n={number}"), project.test(MOONPOOL_WORKERS=number)):
        assert done.returncode == 4
        assert f"is `{number}`, expected `auto`, a number from 0 to 512" in done.stderr


def test_a_wrong_setting_is_a_usage_error_with_a_hint(project: PytestProject) -> None:
    project.write("pyproject.toml", "[tool.moonpool]\nworker = 3\n")
    done = project.test()
    assert done.returncode == 4
    assert "found the unknown key `worker` in [tool.moonpool]" in done.stderr
    assert "hint: did you mean `workers`?" in done.stderr


def test_threads_are_divided_among_the_workers(long_project: PytestProject) -> None:
    long_project.write(
        "tests/test_threads.py",
        "import os\ndef test_it(): assert os.environ['OMP_NUM_THREADS'] == '1'\n",
    )
    assert long_project.test(MOONPOOL_WORKERS="64%").returncode in (0, 1)
    done = long_project.test(MOONPOOL_WORKERS="4")
    assert done.returncode == 0, done.stdout
