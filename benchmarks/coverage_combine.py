"""`moonpool coverage unite` against `coverage combine` on the same data files.

python benchmarks/coverage_combine.py [--kinds line,branch] [--files 10,100,1000] [--sources 200]

Each data file has 60 % of the sources, each source 200-400 lines of which 60 % ran, at random. The
results are compared pair by pair. Seconds are wall time and, behind it, the CPU time of all of a
command's processes; memory is the greatest resident size of any of them.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from coverage import CoverageData

Result = dict[str, tuple[list[int], list[tuple[int, int]]]]


def plant(folder: Path, branches: bool, files: int, sources: int) -> None:
    """Write the data files."""
    chance = random.Random(1)
    known = {f"/w/src/pkg/mod_{n:04}.py": 200 + chance.randrange(200) for n in range(sources)}
    for number in range(files):
        data = CoverageData(basename=str(folder / f".coverage.{number:05}"))
        ran = {
            name: [line for line in range(1, known[name]) if chance.random() < 0.6]
            for name in chance.sample(sorted(known), int(sources * 0.6))
        }
        if branches:
            data.add_arcs({n: list(itertools.pairwise([-1, *some, -1])) for n, some in ran.items()})
        else:
            data.add_lines(ran)
        data.write()
        data.close(force=True)


def cost(folder: Path, *words: str) -> tuple[float, float, float]:
    """Run a command; return its seconds, its CPU seconds, and the MiB of its largest process."""
    measure = (
        "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024); sys.exit(code)"
    )
    environ = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", measure, sys.executable, *words],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - began
    cpu, memory = done.stdout.split()[-2:]
    return seconds, float(cpu), float(memory)


def contents(path: Path) -> Result:
    """Return all lines and arcs of a data file."""
    data = CoverageData(basename=str(path))
    data.read()
    return {
        name: (sorted(data.lines(name) or ()), sorted(data.arcs(name) or ()))
        for name in data.measured_files()
    }


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kinds", default="line,branch")
    parser.add_argument("--files", default="10,100,1000")
    parser.add_argument("--sources", default="200")
    wish = parser.parse_args()
    print(
        "| kind | data files | sources | combine s | CPU s | unite s | CPU s | times "
        "| combine MiB | unite MiB | |"
    )
    print("|---" * 11 + "|")
    for kind in wish.kinds.split(","):
        for sources, files in itertools.product(wish.sources.split(","), wish.files.split(",")):
            folder = Path(tempfile.mkdtemp())
            try:
                plant(folder, kind == "branch", int(files), int(sources))
                unite = ("-m", "moonpool", "coverage", "unite", "--output", "ours")
                ours, our_cpu, our_memory = cost(folder, *unite)
                combine = ("-m", "coverage", "combine", "--keep")
                theirs, their_cpu, their_memory = cost(folder, *combine)
                same = contents(folder / "ours") == contents(folder / ".coverage")
            finally:
                shutil.rmtree(folder)
            print(
                f"| {kind} | {files} | {sources} | {theirs:.2f} | {their_cpu:.2f} "
                f"| {ours:.2f} | {our_cpu:.2f} | {theirs / ours:.1f} "
                f"| {their_memory:.0f} | {our_memory:.0f} | {'same' if same else 'DIFFERENT'} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
