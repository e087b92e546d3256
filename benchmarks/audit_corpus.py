"""The audit against public repositories whose repetitions a person has labelled.

python benchmarks/audit_corpus.py FOLDER [--labels]

FOLDER holds git repositories as `owner+name/repo`; tests/audit/corpus.json names them, with the
commit, the labels and the reason. Prints precision of fixes, recall of redundant jobs, and what
deleting each step, job and variable of all these workflows leaves of the other lines; with
`--labels` only the former.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.audit import Repository, Wish, audit, read_repository
from moonpool.audit.editing.change import Address, Delete
from moonpool.audit.editing.edit import edited
from moonpool.audit.editing.splice import RefusedError

if TYPE_CHECKING:
    from moonpool.audit.reading.source import Source

# What is larger is no workflow, and the audit reads none of it.
MOST_BYTES = 2**20
LINK = "120000"
CORPUS = Path(__file__).resolve().parents[1] / "tests" / "audit" / "corpus.json"


def main() -> None:
    """Audit every case that FOLDER has, then edit every workflow of them."""
    folder = Path(sys.argv[1])
    counts: Counter[str] = Counter()
    edits: Counter[str] = Counter()
    seconds = 0.0
    corpus = json.loads(CORPUS.read_text(encoding="utf-8"))
    for case in corpus["cases"]:
        store = folder / case["repository"].replace("/", "+") / "repo"
        if not store.is_dir():
            counts["repositories that are not there"] += 1
            continue
        with tempfile.TemporaryDirectory() as place:
            root = Path(place, case["repository"].partition("/")[2])
            unpack(store, case["commit"], root)
            begin = time.perf_counter()
            repository = read_repository(root)
            compare(case, repository, counts)
            seconds += time.perf_counter() - begin
            counts["near misses"] += not case["redundant"]
            counts["repositories"] += 1
            counts["workflow files"] += len(repository.workflows)
            if "--labels" not in sys.argv:
                edit(repository, edits)
    for title, table in (("labels", counts), ("edits", edits)):
        print(f"\n{title}")
        for name, count in table.items():
            print(f"  {name:<44} {count:>6}")
    found, wanted = counts["redundant jobs found"], counts["redundant jobs"]
    right, fixes = counts["fixes that are labelled so"], counts["fixes"]
    print(f"\nrecall {found}/{wanted} = {found / max(wanted, 1):.1%}", end=", ")
    print(f"precision of fixes {right}/{fixes}, {seconds:.1f} s of audits")
    rounds = corpus["at_first_sight"]
    told = ", ".join(f"{found} of {wanted}" for found, wanted in rounds)
    print(f"found in repositories that it had not seen, by rounds: {told}")


def unpack(store: Path, commit: str, root: Path) -> None:
    """Write the files of a commit, as far as a partial snapshot has them and they are no data."""
    git = ["git", "-C", str(store)]
    listed = subprocess.run([*git, "ls-tree", "-r", "-z", commit], capture_output=True, check=True)
    entries = [entry.split("\t", 1) for entry in listed.stdout.decode().split("\0") if entry]
    wanted = "\n".join(about.split()[2] for about, _ in entries).encode()
    sized = subprocess.run([*git, "cat-file", "--batch-check"], input=wanted, capture_output=True)
    kept = [
        (about.split()[0], path, said.split()[0])
        for (about, path), said in zip(entries, sized.stdout.decode().splitlines(), strict=True)
        if said.split()[1] == "blob" and int(said.split()[2]) <= MOST_BYTES
    ]
    wanted = "\n".join(name for _, _, name in kept).encode()
    read = subprocess.run([*git, "cat-file", "--batch"], input=wanted, capture_output=True)
    stream = io.BytesIO(read.stdout)
    for mode, path, _ in kept:
        data = stream.read(int(stream.readline().split()[2]))
        stream.read(1)
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if mode == LINK:
            file.symlink_to(data.decode())
        else:
            file.write_bytes(data)


def compare(case: dict[str, object], repository: Repository, counts: Counter[str]) -> None:
    """Count what was found of the labels, and name what differs."""
    labels = case["redundant"]
    assert isinstance(labels, list)
    wanted = {(label["workflow"], label["job"]): label for label in labels}
    findings = audit(repository, Wish(select=frozenset({"r1", "r1b"})))
    found = {(f.place.path.rpartition("/")[2], f.job) for f in findings}
    counts["redundant jobs"] += len(wanted)
    counts["redundant jobs found"] += len(wanted.keys() & found)
    for key in wanted.keys() - found:
        print(f"missed {case['repository']} {key}")
    for finding in findings:
        key = (finding.place.path.rpartition("/")[2], finding.job or "")
        if finding.facts["verdict"] == "fix":
            right = wanted.get(key, {}).get("verdict") == "fix"
            counts["fixes"] += 1
            counts["fixes that are labelled so"] += right
            if not right:
                print(f"wrong fix {case['repository']} {key}")
        elif key not in wanted:
            counts["advice beyond the labels"] += 1


def edit(repository: Repository, edits: Counter[str]) -> None:
    """Delete each step, job and variable by itself; an edit proves its own meaning."""
    for workflow in repository.workflows.values():
        for address in addresses(repository, workflow.path):
            edits["deletions"] += 1
            try:
                after = edited(workflow.source, [Delete(address)])
            except RefusedError as refused:
                edits[f"refused: {refused.message.partition(' (')[0]}"] += 1
                continue
            edits["equal to what was intended"] += 1
            before, left = bare(workflow.source, dashes=True), bare(after, dashes=True)
            if left_of(before, left):
                continue
            # Of a key behind a dash the dash moves to the next one.
            before, left = bare(workflow.source, dashes=False), bare(after, dashes=False)
            moved = left_of(before, left)
            edits["with a dash moved to the next key" if moved else "with a changed line"] += 1


def bare(source: Source, *, dashes: bool) -> list[str]:
    """The lines without their endings, and without the dashes in front of them."""
    lines = [line.rstrip("\r\n") for line in source.lines]
    if dashes:
        return lines
    return [re.sub(r"^[ -]*", lambda lead: " " * len(lead[0]), line) for line in lines]


def left_of(before: list[str], after: list[str]) -> bool:
    """Whether some lines were taken out, and all others are as they were."""
    rest = iter(before)
    return all(line in rest for line in after)


def addresses(repository: Repository, path: str) -> list[Address]:
    """Every step, job and variable of a workflow, except the last job."""
    workflow = repository.workflows[path]
    found: list[Address] = [("env", name) for name in workflow.env]
    for job in workflow.jobs.values():
        here: Address = ("jobs", job.id)
        found += [here] if len(workflow.jobs) > 1 else []
        found += [(*here, "env", name) for name in job.env]
        for step in job.steps:
            alone = len(job.steps) == 1 == len(workflow.jobs)
            found += [] if alone else [(*here, "steps", step.index)]
            found += [(*here, "steps", step.index, "env", name) for name in step.env]
    return found


if __name__ == "__main__":
    main()
