"""`moonpool coverage report` against coverage.py's own reports of the same combined data.

python benchmarks/coverage_reports.py [--kinds line,branch] [--formats html,all] [--files N]
    [--projects 1,20] [--rounds N]

The projects have sources of 50-150 lines, of which 60 % ran, at random. Each round writes the
reports both ways, one after the other, where none are: the HTML alone, or all of HTML, XML, lcov
and JSON, for which coverage.py has four commands. The figures are medians. At the end each
source's HTML page is compared but for its links to other pages and its time.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path

from rounds import alternate, table

from moonpool.coverage.combine import combine
from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.workspace import DATA_FILE, ProjectInput

_FUNCTION = '''\
def function_{n}(value, other=None):
    """Return what {n} makes of a value."""
    total = {n}
    for number in range(value):
        if number % 2:
            total += number * {n}
        elif other:
            total -= other
        else:
            continue
    if total > 100 and value:
        return {{"total": total, "value": [value, other]}}
    return total


'''


def plant(root: Path, branches: bool, files: int, projects: int) -> None:
    """Write a workspace with its combined data."""
    chance = random.Random(1)
    (root / ".moon").mkdir()
    (root / ".moon" / "workspace.yml").write_text("projects: ['packages/*']\n")
    inputs = []
    for project in range(projects):
        home = root / "packages" / f"p{project:03}"
        runs = {}
        for number in range(files // projects):
            name = f"src/part_{number % 7}/mod_{number:04}.py"
            count = 4 + chance.randrange(8)
            text = "".join(_FUNCTION.format(n=n) for n in range(count))
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text)
            runs[name] = _run(chance, text.count("\n"), branches)
        write_data_file(home / DATA_FILE, Executed(branches, runs))
        inputs.append(ProjectInput(home.name, f"packages/{home.name}", home, "passed"))
    combine(inputs, root)


def _run(chance: random.Random, lines: int, branches: bool) -> FileRun:
    ran = [line for line in range(1, lines + 1) if chance.random() < 0.6]
    if branches:
        return FileRun(arcs={"": frozenset(itertools.pairwise([-1, *ran, -1]))})
    return FileRun(lines={"": sum(1 << line for line in ran)})


def pages(folder: Path) -> dict[str, str]:
    """Return each source's page by its title, without what the whole report decides."""
    found = {}
    for path in folder.rglob("z_*.html"):
        text = path.read_text(encoding="utf-8")
        title = re.findall(r"<title>(.*)</title>", text)[0]
        text = re.sub(r'(href|src|id)="[^"]*"|created at .*', "", text)
        found[title] = text
    return found


def compare(kind: str, formats: str, files: int, projects: int, rounds: int) -> str:
    """Return a table of the two."""
    root = Path(tempfile.mkdtemp()).resolve()
    theirs, ours = root / "htmlcov", root / ".moonpool" / "combined" / "html"
    wanted = ["html", "xml", "lcov", "json"] if formats == "all" else [formats]
    # The data's names are relative, and coverage.py finds nothing under them unless it is told.
    common = "-q --data-file .moonpool/combined/coverage --rcfile relative.ini"
    commands = " && ".join(f"{sys.executable} -m coverage {word} {common}" for word in wanted)
    report = ("-m", "moonpool", "coverage", "report", "--format", ",".join(wanted))
    rivals = {
        "coverage": lambda: _anew(theirs, "sh", "-c", commands),
        "moonpool": lambda: _anew(ours, sys.executable, *report),
    }
    environ = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    try:
        plant(root, kind == "branch", files, projects)
        (root / "relative.ini").write_text("[run]\nrelative_files = true\n")
        costs = alternate(rivals, rounds, cwd=root, environ=environ, sample=True)
        same = pages(ours) == pages(theirs) != {}
    finally:
        shutil.rmtree(root)
    return f"{table(costs, 'coverage')}\n\n{'the same' if same else 'DIFFERENT'} pages"


def _anew(folder: Path, *words: str) -> list[str]:
    shutil.rmtree(folder, ignore_errors=True)
    return [*words]


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kinds", default="line,branch")
    parser.add_argument("--formats", default="html,all")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--projects", default="1,20")
    parser.add_argument("--rounds", type=int, default=5)
    wish = parser.parse_args()
    choices = (wish.kinds.split(","), wish.formats.split(","), wish.projects.split(","))
    for kind, formats, projects in itertools.product(*choices):
        print(f"\n{kind}, {formats}, {wish.files} files in {projects} projects\n", flush=True)
        print(compare(kind, formats, wish.files, int(projects), wish.rounds), flush=True)


if __name__ == "__main__":
    main()
