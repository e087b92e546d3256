"""Cobertura's XML, as Istanbul, coverage.py and many others write it, read into counts.

The file may come from anywhere, so entities are refused, of which a few lines can make gigabytes,
and nothing outside of the file is looked at. A document type is allowed: Istanbul writes one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from moonpool.coverage.foreign.error import InputError
from moonpool.coverage.foreign.hits import HitCounts, total

__all__ = ["Cobertura", "looks_like_xml", "parse_cobertura"]

# `50% (1/2)`; where the counts are left out each condition has two branches and a percentage.
_COUNTS = re.compile(r"\((\d+)/(\d+)\)")
_LINE = ["class", "lines", "line"]


@dataclass(frozen=True)
class Cobertura:
    """The folders in which files may lie, and what is counted of each by its name there."""

    sources: tuple[str, ...]
    files: dict[str, HitCounts]


def looks_like_xml(data: bytes) -> bool:
    """Whether data begins as XML does, in an encoding that begins as ASCII does."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def parse_cobertura(data: bytes) -> Cobertura:
    """Return what a report counts. Raises InputError for any other document."""
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reading.begin
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.EntityDeclHandler = _refuse_entities
    try:
        # Before a declaration XML allows nothing, people's tools leave blank lines.
        parser.Parse(data.lstrip(), True)
    except expat.ExpatError as error:
        raise InputError(f"is no XML: {error}") from None
    except (KeyError, ValueError):
        where = f"line {parser.CurrentLineNumber}"
        raise InputError(f"cannot be read: {where} is no Cobertura") from None
    if not reading.packages:
        raise InputError("is no Cobertura: it has no `packages`")
    files = {name: total(counts) for name, counts in reading.files.items()}
    return Cobertura(tuple(filter(None, reading.sources)), files)


def _refuse_entities(*_: object) -> NoReturn:
    raise InputError("declares XML entities, which no coverage report needs")


@dataclass
class _Reading:
    """What has been read so far, element by element."""

    packages: bool = False
    sources: list[str] = field(default_factory=list)
    files: dict[str, list[HitCounts]] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)
    _lines: dict[int, int] = field(default_factory=dict)
    _branches: dict[int, dict[str, int]] = field(default_factory=dict)
    _number: int = 0
    _counted: bool = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "coverage":
            raise InputError(f"is no Cobertura: its root is `{name}`, expected `coverage`")
        self._path.append(name)
        if name == "packages":
            self.packages = True
        elif name == "source":
            self.sources.append("")
        elif name == "class":
            self._lines, self._branches = {}, {}
            self.files.setdefault(attributes["filename"], []).append(
                HitCounts(self._lines, self._branches, named=False)
            )
        # The lines of methods are those of the class once more.
        elif self._path[-3:] == _LINE:
            self._add_line(attributes)
        elif name == "condition" and self._path[-5:-2] == _LINE:
            self._add_condition(attributes)

    def end(self, _: str) -> None:
        self._path.pop()

    def text(self, text: str) -> None:
        if self._path[-1:] == ["source"]:
            self.sources[-1] += text.strip()

    def _add_line(self, attributes: dict[str, str]) -> None:
        self._number = int(attributes["number"])
        hits = max(int(attributes["hits"]), 0)
        self._lines[self._number] = self._lines.get(self._number, 0) + hits
        counts = _COUNTS.search(attributes.get("condition-coverage", ""))
        self._counted = counts is not None
        if counts:
            self._add_branches(int(counts[1]), int(counts[2]))

    def _add_condition(self, attributes: dict[str, str]) -> None:
        if not self._counted:
            self._add_branches(round(float(attributes["coverage"].rstrip("%")) / 50), 2)

    def _add_branches(self, taken: int, number: int) -> None:
        known = self._branches.setdefault(self._number, {})
        first = len(known)
        known |= {f"0,{first + n}": int(n < taken) for n in range(number)}
