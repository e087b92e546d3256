"""Unites many data files into one value: each is read once, and only the union is held.

Where several processes share the work, each runs this module on a part of the files and writes what
it found to its stdout. Nothing here imports coverage.py, which would be most of a process's start.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from itertools import filterfalse
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from moonpool.coverage.datafile import Arcs, DataFileError, opened, rows
from moonpool.coverage.executed import Executed, FileRun, unite
from moonpool.coverage.origin import Origin, origin_in
from moonpool.coverage.parts import Parts, united_parts
from moonpool.coverage.sources import sources_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["DamagedFile", "Gathered", "gather", "worthwhile"]

# Below this a further process costs more than it saves: it takes 0.1 s to start, in which one
# process reads about this much.
_BYTES_PER_PROCESS = 8 << 20


@dataclass(frozen=True)
class DamagedFile:
    """A data file that could not be used; ``reason`` continues a sentence that its path begins."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Gathered:
    """What ran in any of the files, how many were read, and those that could not be.

    ``mixed`` says that some had branches and some had not. ``sources`` are the digests of the
    sources that the files are about, ``contradicted`` those about which they differ. ``projects``
    are the folders that the files are said to be of, ``parts`` the tests that they are of together.
    """

    executed: Executed
    files: int
    mixed: bool
    damaged: tuple[DamagedFile, ...]
    sources: Mapping[str, str]
    contradicted: tuple[str, ...]
    projects: tuple[str, ...]
    parts: Parts


class _Union:
    """What ran in the files added so far; arcs are kept as the texts that stand for them."""

    def __init__(self) -> None:
        self.files = 0
        self.damaged: list[DamagedFile] = []
        self.tracers: dict[str, str] = {}
        self.branches = False
        self.lines: dict[tuple[str, str], int] = {}
        self.arcs: dict[tuple[str, str], set[str]] = {}
        self.sources: dict[str, str] = {}
        self.contradicted: set[str] = set()
        self.origins: set[Origin] = set()
        # A copy of each text, for all files to share.
        self._texts: dict[str, str] = {}

    def add(self, path: Path) -> None:
        try:
            with opened(path) as connection:
                contents = rows(connection)
                sources, origin = sources_in(contents.meta), origin_in(contents.meta)
                for name, context, what in contents.runs:
                    if isinstance(what, str):
                        self.add_arcs((name, context), what)
                    else:
                        self.add_lines((name, context), int.from_bytes(what, "little"))
        except FileNotFoundError:
            # A child that outlived the run has renamed its file meanwhile, or none was written.
            self.damaged.append(DamagedFile(path, "is not there"))
        except DataFileError as error:
            self.damaged.append(DamagedFile(path, str(error)))
        else:
            self.add_files(contents.tracers, contents.branches)
            self.add_sources(sources)
            self.origins.add(origin)
            self.files += 1

    def add_files(self, tracers: dict[str, str], branches: bool) -> None:
        self.branches |= branches
        self.tracers = {**tracers, **self.tracers}
        for name in filter(tracers.get, tracers):
            self.tracers[name] = max(tracers[name], self.tracers[name])

    def add_sources(self, sources: Mapping[str, str]) -> None:
        for name, digest in sources.items():
            if self.sources.setdefault(name, digest) != digest:
                self.contradicted.add(name)

    def add_lines(self, key: tuple[str, str], bits: int) -> None:
        self.lines[key] = self.lines.get(key, 0) | bits

    def add_arcs(self, key: tuple[str, str], text: str) -> None:
        known = self.arcs.setdefault(key, set())
        share = self._texts.setdefault
        fresh = filterfalse(known.__contains__, text.split(","))
        known.update([share(arc, arc) for arc in fresh])

    def executed(self) -> Executed:
        """Return it as a value, and forget it piece by piece."""
        self._texts.clear()
        arcs = Arcs()
        runs: dict[str, FileRun] = {name: FileRun(self.tracers[name]) for name in self.tracers}
        for name, context in sorted(self.arcs):
            # A set that grew is half empty; a copy of a set is not.
            some = frozenset(set(map(arcs.__getitem__, self.arcs.pop((name, context)))))
            old = runs.get(name, FileRun())
            runs[name] = FileRun(old.tracer, arcs={**old.arcs, context: some})
        return unite(
            [Executed(self.branches, runs), Executed(False, self._line_runs())],
            branches=self.branches,
        )

    def _line_runs(self) -> dict[str, FileRun]:
        lines: dict[str, dict[str, int]] = {}
        for (name, context), bits in self.lines.items():
            lines.setdefault(name, {})[context] = bits
        return {name: FileRun(lines=some) for name, some in lines.items()}

    def write_json(self, stream: TextIO) -> None:
        """Write it down, a line for each file and context, and forget it as it goes."""
        self._texts.clear()
        while self.lines:
            key, bits = self.lines.popitem()
            _write_line(stream, [*key, f"{bits:x}", ""])
        while self.arcs:
            key, arcs = self.arcs.popitem()
            _write_line(stream, [*key, "0", ",".join(arcs)])
        end = {
            "files": self.files,
            "damaged": [[str(entry.path), entry.reason] for entry in self.damaged],
            "tracers": self.tracers,
            "branches": self.branches,
            "sources": self.sources,
            "contradicted": [*self.contradicted],
            "origins": [[project, [*parts]] for project, parts in self.origins],
        }
        _write_line(stream, end)

    def add_json(self, stream: Iterable[str]) -> bool:
        """Add what another process wrote down; return whether it came to its end."""
        for line in stream:
            record = json.loads(line)
            if isinstance(record, dict):
                self._add_end(record)
                return True
            name, context, bits, text = record
            if text:
                self.add_arcs((name, context), text)
            else:
                self.add_lines((name, context), int(bits, 16))
        return False

    def _add_end(self, found: dict[str, Any]) -> None:
        self.files += found["files"]
        self.damaged += [DamagedFile(Path(path), reason) for path, reason in found["damaged"]]
        self.add_files(found["tracers"], found["branches"])
        self.add_sources(found["sources"])
        self.contradicted.update(found["contradicted"])
        self.origins.update(Origin(name, frozenset(parts)) for name, parts in found["origins"])


def _write_line(stream: TextIO, record: object) -> None:
    stream.write(json.dumps(record) + "\n")


def gather(paths: Sequence[Path], *, processes: int = 1) -> Gathered:
    """Return what ran in any of ``paths``, with branches when any of them has branches.

    Files that cannot be read are named and left out. At most ``processes`` read at a time.
    """
    wanted = min(processes, worthwhile(paths))
    parts = [paths[number::wanted] for number in range(wanted)]
    others = [_start(part) for part in parts[1:]]
    union = _Union()
    for path in parts[0]:
        union.add(path)
    for part, other in zip(parts[1:], others, strict=True):
        if not _take(union, other):
            # It was killed, perhaps for its memory; what it had told is united once more.
            for path in part:
                union.add(path)
    mixed = union.branches and bool(union.lines)
    return Gathered(
        union.executed(),
        union.files,
        mixed,
        tuple(sorted(union.damaged, key=lambda entry: entry.path)),
        union.sources,
        tuple(sorted(union.contradicted)),
        tuple(sorted({origin.project for origin in union.origins if origin.project})),
        united_parts(origin.parts for origin in union.origins),
    )


def worthwhile(paths: Sequence[Path]) -> int:
    """Return how many processes at most are quicker than fewer of them at reading ``paths``."""
    size = sum(path.stat().st_size for path in paths if path.is_file())
    return max(1, size // _BYTES_PER_PROCESS)


def _start(paths: Sequence[Path]) -> subprocess.Popen[str]:
    # -P keeps the working directory, which is the project's, from being searched for modules.
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert child.stdin is not None
    # One that is gone already is noticed when its answer is not there.
    with contextlib.suppress(BrokenPipeError), child.stdin:
        child.stdin.write(json.dumps([str(path.absolute()) for path in paths]))
    return child


def _take(union: _Union, child: subprocess.Popen[str]) -> bool:
    assert child.stdout is not None
    with child.stdout as stream:
        try:
            return union.add_json(stream)
        except ValueError:
            return False
        finally:
            child.wait()


def _main() -> None:
    union = _Union()
    for path in json.load(sys.stdin):
        union.add(Path(path))
    union.write_json(sys.stdout)


if __name__ == "__main__":
    _main()
