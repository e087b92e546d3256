"""Executed lines and arcs of real packages: serial `coverage run` against moonpool and pytest-cov.

python benchmarks/coverage_exactness.py [--packages h11,idna==3.20] [--kinds line] [--modes serial]

Downloads source distributions with pip (any that has a pytest suite), gives each a `.coveragerc`
that measures the whole folder, tests included, and runs its suite in every mode with this
interpreter. Each cell says how many (file, line) or (file, arc) pairs differ from the serial run;
`serial again` shows what the suite itself does differently from run to run.

Where a mode differs, its tests run again serially, one `coverage run` for each process, in the
order in which that process ran them. `0 (order -2 +0)`: two pairs are not the serial run's, and
serial runs in that order differ in just these, so they are of the tests and not of the measuring.
A mode that did not run all tests shows their number. `coverage_packages.txt` says what to install.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coverage import CoverageData

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
REPLAY = HERE / "replay"
DOWNLOADS = Path(tempfile.gettempdir()) / "moonpool-sdists"
PYTEST = ("-q", "-p", "no:cacheprovider", "-p", "moonpool_replay")
TIMEOUT_SECONDS = 300

Ran = set[tuple[str, object]]


# Pure Python, with tests in the source distribution that take a few seconds.
PACKAGES = (
    "boltons==26.2.0",
    "cachetools==8.0.2",
    "h11==0.16.0",
    "iniconfig==2.3.1",
    "itsdangerous==2.2.0",
    "jinja2==3.1.6",
    "python-dotenv==1.2.4",
    "sqlparse==0.6.1",
    "tomlkit==0.15.2",
    "toolz==1.2.0",
)


@dataclass(frozen=True)
class Suite:
    """An unpacked package with its coverage settings, ready to be run again and again."""

    root: Path

    @property
    def record(self) -> Path:
        """Where each process of a mode writes the order of its tests."""
        return self.root.parent / "record"

    def recorded(self) -> int:
        """Return how many tests a mode ran."""
        return sum(len(file.read_text().splitlines()) for file in self.record.iterdir())

    def run(self, *words: str, **environ: str) -> int:
        """Run this interpreter in the package's folder and return the exit code."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.root,
            env={**self._environ(), **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
        (self.root / ".." / f"{self.root.name}.log").write_text(done.stdout)
        return done.returncode

    def _environ(self) -> dict[str, str]:
        dropped = ("MOON", "PYTEST", "COVERAGE", "COV_", "GITHUB")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
        # `CI` makes Hypothesis repeat its examples; the seed makes sets iterate alike.
        source = self.root / "src"
        path = os.pathsep.join([str(source if source.is_dir() else self.root), str(REPLAY)])
        record = {"REPLAY_RECORD": str(self.record)}
        return {**kept, **record, "PYTHONPATH": path, "CI": "true", "PYTHONHASHSEED": "0"}

    def test_files(self) -> list[str]:
        """Return the test files that the package's own configuration collects."""
        words = ("-m", "pytest", "--collect-only", "-q", *PYTEST[1:], "-p", "no:moonpool")
        self.run(*words)
        log = (self.root / ".." / f"{self.root.name}.log").read_text()
        names = (line.partition("::")[0] for line in log.splitlines() if "::" in line)
        return sorted({name for name in names if (self.root / name).is_file()})


def unpack(pin: str, kind: str, folder: Path) -> Suite:
    """Download once, then unpack anew."""
    name, _, version = pin.partition("==")
    pattern = f"{name.replace('-', '[-_]')}-{version or '[0-9]*'}.tar.gz"
    if not list(DOWNLOADS.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run(
            [*command, "--no-binary", ":all:", "--dest", str(DOWNLOADS), pin], check=True
        )
    with tarfile.open(next(DOWNLOADS.glob(pattern))) as archive:
        archive.extractall(folder, filter="data")
        root = folder / archive.getnames()[0].partition("/")[0]
    branch = str(kind == "branch").lower()
    (root / ".coveragerc").write_text(f"[run]\nsource = .\nbranch = {branch}\n")
    (root / "pyproject.toml").touch()
    return Suite(root)


def ran(suite: Suite, data_file: Path) -> Ran:
    """Return every line, and every arc where there are any, with the file's relative name."""
    data = CoverageData(basename=str(data_file))
    data.read()
    found: Ran = set()
    for name in data.measured_files():
        relative = os.path.relpath(suite.root / name, suite.root)
        found.update((relative, line) for line in data.lines(name) or ())
        found.update((relative, arc) for arc in data.arcs(name) or ())
        found.add((relative, None))
    data.close()
    return found


def serial(suite: Suite, **environ: str) -> Ran:
    """`coverage run -m pytest` in one process, combined where the package forks."""
    words = ("-m", "pytest", *PYTEST, "-p", "no:moonpool")
    suite.run("-m", "coverage", "run", *words, **environ)
    if list(suite.root.glob(".coverage.*")):
        suite.run("-m", "coverage", "combine")
    return ran(suite, suite.root / ".coverage")


def replayed(suite: Suite) -> Ran:
    """What serial runs measure that run the tests of each process of the last mode in its order."""
    orders = suite.record.rename(suite.record.with_name("orders"))
    found: Ran = set()
    for order in sorted(orders.iterdir()):
        clean(suite)
        found |= serial(suite, REPLAY_ORDER=str(order))
    shutil.rmtree(orders)
    return found


def pytest_cov(*mode: str) -> Callable[[Suite], Ran]:
    """pytest-cov in the given mode."""

    def measure(suite: Suite) -> Ran:
        words = (*PYTEST, "-p", "no:moonpool", "--cov", "--cov-report=", *mode)
        suite.run("-m", "pytest", *words)
        return ran(suite, suite.root / ".coverage")

    return measure


def moonpool(*mode: str) -> Callable[[Suite], Ran]:
    """`moonpool test` in the given mode."""

    def measure(suite: Suite) -> Ran:
        suite.run("-m", "moonpool", "test", *PYTEST, *mode)
        return ran(suite, suite.root / ".moonpool" / "coverage")

    return measure


def elastic(suite: Suite) -> Ran:
    """A run that begins with one worker beside another run and grows when that one ends."""
    sys.path.insert(0, str(REPOSITORY))
    from tests.machine.planting import plant_recording

    folder = Path(tempfile.mkdtemp(dir=suite.root.parent))
    (folder / "pool").mkdir(mode=0o700)
    machine = plant_recording("github-runner", folder / "machine")
    environ = {"MOONPOOL_MACHINE_ROOT": str(machine), "MOONPOOL_POOL_DIR": str(folder / "pool")}
    files = {name: {"seconds": [20.0], "tests": 4} for name in suite.test_files()}
    times = {"ready_seconds": [0.3], "ready_seconds_with_workers": [0.8]}
    (suite.root / ".moonpool").mkdir()
    history = json.dumps({"version": 1, "files": files, **times})
    (suite.root / ".moonpool" / "history.json").write_text(history)
    other = folder / "other"
    other.mkdir()
    (other / "pyproject.toml").touch()
    for number in range(3):
        (other / f"test_{number}.py").write_text("import time\ndef test(): time.sleep(2)\n")
    busy = subprocess.Popen(
        [sys.executable, "-m", "moonpool", "test", "-q", "-n", "3"],
        cwd=other,
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        words = ("--moonpool-workers", "100%")
        suite.run("-m", "moonpool", "test", *PYTEST, *words, **environ)
    finally:
        busy.wait()
    return ran(suite, suite.root / ".moonpool" / "coverage")


def shards(suite: Suite) -> Ran:
    """Three runs of a third of the tests each, as three machines would do, then combined."""
    output = suite.root / ".moonpool" / "coverage"
    parts = []
    for number in (1, 2, 3):
        words = ("-n", "2", "--splits", "3", "--group", str(number))
        suite.run("-m", "moonpool", "test", *PYTEST, *words)
        parts.append(suite.root.parent / f"{suite.root.name}-shard-{number}")
        shutil.move(output, parts[-1])
    words = ("-m", "moonpool", "coverage", "unite", "--output", str(output))
    code = suite.run(*words, *map(str, parts))
    assert code == 0, code
    return ran(suite, output)


MODES: dict[str, Callable[[Suite], Ran]] = {
    "serial again": serial,
    "moonpool, in process": moonpool("-n", "0"),
    "moonpool -n 2": moonpool("-n", "2"),
    "moonpool -n 4": moonpool("-n", "4"),
    "moonpool, elastic": elastic,
    "moonpool, 3 shards": shards,
    "pytest-cov": pytest_cov(),
    "pytest-cov -n 2": pytest_cov("-n", "2"),
    "pytest-cov -n 4": pytest_cov("-n", "4"),
}


def clean(suite: Suite) -> None:
    """Remove what a run left behind."""
    shutil.rmtree(suite.root / ".moonpool", ignore_errors=True)
    shutil.rmtree(suite.record, ignore_errors=True)
    suite.record.mkdir()
    for path in suite.root.glob(".coverage*"):
        if path.name != ".coveragerc":
            path.unlink()


def compare(pin: str, kind: str, modes: list[str], verbose: bool) -> list[str]:
    """Return a row of the table: the serial run's pairs, then the differences of each mode."""
    with tempfile.TemporaryDirectory() as folder:
        suite = unpack(pin, kind, Path(folder).resolve())
        clean(suite)
        serial(suite)  # Bytecode is written here, and not during a measurement.
        clean(suite)
        expected = serial(suite)
        tests = suite.recorded()
        cells = [pin, kind, str(tests), str(len(expected))]
        for mode in modes:
            clean(suite)
            cells.append(_cell(expected, tests, suite, mode, verbose))
        return cells


def _cell(expected: Ran, tests: int, suite: Suite, mode: str, verbose: bool) -> str:
    try:
        found = MODES[mode](suite)
        if suite.recorded() != tests:
            return f"{suite.recorded()} tests"
        plain = _difference(expected, found)
        if not plain:
            return "0"
        against = _difference(replayed(suite), found)
    except Exception as error:  # A cell of the table, not the end of it.
        return f"{type(error).__name__}"
    if verbose:
        for name, pairs in (("lost", expected - found), ("more", found - expected)):
            print(suite.root.name, mode, name, sorted(pairs, key=str)[:12], file=sys.stderr)
    return against or f"0 (order {plain})"


def _difference(expected: Ran, found: Ran) -> str:
    lost, more = expected - found, found - expected
    return f"-{len(lost)} +{len(more)}" if lost or more else ""


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", default=",".join(PACKAGES))
    parser.add_argument("--kinds", default="line,branch")
    parser.add_argument("--modes", default=",".join(name.replace(", ", "/") for name in MODES))
    parser.add_argument("--verbose", action="store_true")
    wish = parser.parse_args()
    modes = [name.replace("/", ", ") for name in wish.modes.split(",")]
    DOWNLOADS.mkdir(exist_ok=True)
    print(f"Python {sys.version.split()[0]}")
    print("| package | kind | tests | pairs | " + " | ".join(modes) + " |")
    print("|---" * (len(modes) + 4) + "|")
    for pin in wish.packages.split(","):
        for kind in wish.kinds.split(","):
            print(f"| {' | '.join(compare(pin, kind, modes, wish.verbose))} |", flush=True)


if __name__ == "__main__":
    main()
