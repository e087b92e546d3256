"""Many test tasks of a moon workspace at once: serial pytest, `-n auto` and moonpool in each.

python benchmarks/sharing.py CASE [ROUNDS]     with a case of `CASES` below

Each rival runs through moon itself, in alternating rounds, after one run that is not counted.

The lower bound is the largest of: all seconds of the tests ÷ slots; the longest file; and the CPU
seconds of the serial runs ÷ CPUs, since nobody runs the same tests with fewer starts than those.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rounds import Cost, alternate, medians, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CPUS = os.cpu_count() or 1
REPOSITORY = Path(__file__).resolve().parents[1]
BURN = "end = time.process_time() + {0}\n    while time.process_time() < end: pass"
SLEEP = "time.sleep({0})"
HUNGRY = '[tool.moonpool]\nworker-memory = "800MiB"\n'
HOLD = "held = bytearray({1}); time.sleep({0})"


@dataclass(frozen=True)
class Project:
    """A project of ``files`` test files, each of one test that takes so many seconds."""

    name: str
    files: int
    seconds: float
    body: str = BURN
    held_bytes: int = 0
    settings: str = ""


@dataclass(frozen=True)
class Case:
    """A workspace, how many tasks moon runs at once, and what the naive rival asks for.

    ``slots`` is how many tests the bound takes to run side by side.
    """

    projects: tuple[Project, ...]
    moon: tuple[str, ...] = ()
    naive: str = "auto"
    slots: int = CPUS
    memory_bytes: int | None = None
    checkouts: int = 1


def _small(count: int) -> tuple[Project, ...]:
    return tuple(Project(f"small{number}", 8, 0.3) for number in range(count))


MIXED = (Project("large", 40, 0.5), *_small(7))
CASES = {
    "small": Case(_small(8)),
    "small-c8": Case(_small(8), moon=("--concurrency", "8"), naive="8"),
    "mixed": Case(MIXED),
    "sleeping": Case(
        tuple(Project(f"sleeping{n}", 12, 1.0 + n % 4, SLEEP) for n in range(12)),
        moon=("--concurrency", "12"),
        naive="8",
        slots=16,
    ),
    "checkouts": Case(MIXED, checkouts=2),
    "memory": Case(
        tuple(Project(f"hungry{n}", 4, 1.0, HOLD, 700 * 2**20, HUNGRY) for n in range(6)),
        moon=("--concurrency", "6"),
        naive="4",
        slots=3,
        memory_bytes=3 * 2**30,
    ),
}

_TASKS = """\
tasks:
  serial:
    command: ['{python}', '-m', 'pytest', '-q', '-p', 'no:moonpool', '-p', 'no:xdist']
    inputs: []
    options: {{shell: false, cache: false}}
  naive:
    command: ['{python}', '-m', 'pytest', '-q', '-p', 'no:moonpool', '-n', '{naive}']
    inputs: []
    options: {{shell: false, cache: false}}
  moonpool:
    command: ['{moonpool}', 'test', '-q']
    inputs: []
    options: {{shell: false, cache: false}}
"""


def main() -> None:
    """Print the medians of one case and its bound."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    if name not in CASES:
        sys.exit(f"usage: python benchmarks/sharing.py {'|'.join(CASES)} [ROUNDS]")
    case = CASES[name]
    with tempfile.TemporaryDirectory() as folder, _cage(case.memory_bytes) as cage:
        checkouts = [_workspace(Path(folder, f"checkout{n}"), case) for n in range(case.checkouts)]
        environ = _environ(Path(folder))
        rivals = {
            rival: (lambda rival=rival: _command(rival, case, checkouts, cage))
            for rival in ("serial", "naive", "moonpool")
        }
        _warm(rivals["moonpool"](), environ)
        kills = dict.fromkeys(rivals, 0)
        costs: dict[str, list[Cost]] = {rival: [] for rival in rivals}
        for _ in range(rounds):
            for rival, prepare in rivals.items():
                before = _oom_kills(cage)
                found = alternate({rival: prepare}, 1, cwd=REPOSITORY, environ=environ, sample=True)
                costs[rival] += found[rival]
                kills[rival] += _oom_kills(cage) - before
    print(table(costs, "serial"))
    tests, starts = _bound_seconds(case), medians(costs["serial"]).cpu_seconds / CPUS
    ratio = medians(costs["moonpool"]).wall_seconds / max(tests, starts)
    print(f"\n{rounds} rounds, medians; moonpool needs {ratio:.2f} of the bound, the larger of")
    print(f"{tests:.1f} s for the tests alone and {starts:.1f} s for their CPU with all starts")
    if cage is not None:
        print("killed by the kernel for want of memory, all rounds:", kills)


def _bound_seconds(case: Case) -> float:
    longest = max(project.seconds for project in case.projects)
    work = sum(project.files * project.seconds for project in case.projects) * case.checkouts
    return max(longest, work / case.slots)


def _workspace(root: Path, case: Case) -> Path:
    scripts = Path(sys.executable).parent
    words = {"python": sys.executable, "moonpool": scripts / "moonpool", "naive": case.naive}
    files = {
        ".moon/workspace.yml": "projects: {globs: ['packages/*']}\nvcs: {defaultBranch: main}\n",
        ".moon/tasks/all.yml": _TASKS.format(**words),
        ".gitignore": ".moonpool/\n.moon/cache/\n",
    }
    for project in case.projects:
        home = f"packages/{project.name}"
        files[f"{home}/moon.yml"] = "language: python\n"
        files[f"{home}/pyproject.toml"] = f"[tool.pytest.ini_options]\n{project.settings}"
        body = project.body.format(project.seconds, project.held_bytes)
        for number in range(project.files):
            test = f"import time\n\ndef test_it():\n    {body}\n"
            files[f"{home}/tests/test_{project.name}_{number:02}.py"] = test
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    author = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), (*author, "commit", "-qm", "all")):
        subprocess.run(["git", *words], cwd=root, check=True)
    return root


def _environ(folder: Path) -> dict[str, str]:
    dropped = ("MOON", "PYTEST", "COVERAGE", "CI", "PYTHONDONTWRITEBYTECODE")
    environ = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    (folder / "pool").mkdir(mode=0o700)
    environ["MOONPOOL_POOL_DIR"] = str(folder / "pool")
    return environ


def _command(rival: str, case: Case, checkouts: Sequence[Path], cage: Path | None) -> Sequence[str]:
    moon = shutil.which("moon") or str(REPOSITORY / "node_modules/.bin/moon")
    run = f"'{moon}' run :{rival} {' '.join(case.moon)}"
    started = "".join(f"(cd '{root}' && {run}) & " for root in checkouts)
    enter = "" if cage is None else f"echo $$ > '{cage}/cgroup.procs'; "
    return ["sh", "-c", f"{enter}{started} wait"]


def _warm(command: Sequence[str], environ: Mapping[str, str]) -> None:
    subprocess.run(command, env=dict(environ), check=True, capture_output=True)


@contextlib.contextmanager
def _cage(memory_bytes: int | None) -> Iterator[Path | None]:
    """A control group with this memory, below our own; needs the right to make one."""
    if memory_bytes is None:
        yield None
        return
    cage = _own_group() / f"moonpool-benchmark-{os.getpid()}"
    cage.mkdir()
    limit = "memory.max" if (cage / "memory.max").exists() else "memory.limit_in_bytes"
    (cage / limit).write_text(str(memory_bytes))
    try:
        yield cage
    finally:
        cage.rmdir()


def _own_group() -> Path:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "memory":
            return Path("/sys/fs/cgroup/memory", path.lstrip("/"))
    return Path("/sys/fs/cgroup", path.lstrip("/"))


def _oom_kills(cage: Path | None) -> int:
    for name in ("memory.events", "memory.oom_control"):
        if cage is not None and (cage / name).exists():
            fields = dict(line.split() for line in (cage / name).read_text().splitlines())
            return int(fields.get("oom_kill", 0))
    return 0


if __name__ == "__main__":
    main()
