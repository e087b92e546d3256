"""Cobertura's XML, also from those who mean harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from coverage import Coverage

from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.foreign.cobertura import looks_like_xml, parse_cobertura
from moonpool.coverage.foreign.error import InputError
from moonpool.coverage.foreign.hits import HitCounts
from moonpool.coverage.foreign.lcov import parse_lcov
from moonpool.coverage.numbers import Numbers
from tests.coverage.building import plant
from tests.coverage.foreign.samples import BY_C8, sample

if TYPE_CHECKING:
    from pathlib import Path


def _report(lines: str, *, head: str = "") -> bytes:
    return (
        f"{head}<coverage><sources><source>/a</source></sources><packages><package><classes>"
        f'<class filename="x.cs"><methods><method><lines><line number="1" hits="9"/></lines>'
        f"</method></methods><lines>{lines}</lines></class>"
        f"</classes></package></packages></coverage>"
    ).encode()


def test_a_report_of_c8_has_the_numbers_of_its_lcov() -> None:
    data = sample("c8.xml").encode()
    assert looks_like_xml(data)
    report = parse_cobertura(data)
    assert report.sources == ("/home/ada/shop/frontend",)
    assert {name: counts.numbers for name, counts in report.files.items()} == {"src/lib.js": BY_C8}


def test_a_report_of_istanbul_lacks_only_branches_outside_of_its_lines() -> None:
    theirs = parse_lcov(sample("istanbul.info"))["src/lib.js"]
    counts = parse_cobertura(sample("istanbul.xml").encode()).files["src/lib.js"]
    assert counts.lines == theirs.lines
    assert counts.untaken == {line: n for line, n in theirs.untaken.items() if line != 10}


def test_a_report_of_coverage_has_the_numbers_of_its_lcov(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, {"src/a.py": "def f(x):\n    if x:\n        return 1\n    return 2\n\nf(1)\n"})
    arcs = frozenset([(-1, 1), (1, 6), (6, -1), (-1, 2), (2, 3), (3, -1)])
    run = FileRun(arcs={"": arcs})
    write_data_file(tmp_path / "data", Executed(True, {str(tmp_path / "src/a.py"): run}))
    monkeypatch.chdir(tmp_path)
    coverage = Coverage(data_file=str(tmp_path / "data"), source=["src"])
    coverage.load()
    coverage.xml_report(outfile="coverage.xml")
    coverage.lcov_report(outfile="lcov.info")
    report = parse_cobertura((tmp_path / "coverage.xml").read_bytes())
    assert report.sources == (str(tmp_path / "src"),)
    (counts,) = report.files.values()
    assert counts.numbers == Numbers(5, 1, branches=2, partial=1, missing_branches=1)
    (theirs,) = parse_lcov((tmp_path / "lcov.info").read_text()).values()
    assert theirs.numbers == counts.numbers


def test_classes_of_one_file_are_summed() -> None:
    data = sample("c8.xml").replace(
        "</classes>",
        '<class filename="src/lib.js"><lines><line number="5" hits="2"/></lines></class></classes>',
    )
    counts = parse_cobertura(data.encode()).files["src/lib.js"]
    assert (counts.lines[4], counts.lines[5]) == (1, 2)


@pytest.mark.parametrize(
    ("line", "branches"),
    [
        ('<line number="3" hits="1" condition-coverage="75% (3/4)"/>', [1, 1, 1, 0]),
        ('<line number="3" hits="1" branch="true"/>', []),
        (
            (
                '<line number="3" hits="1" condition-coverage="50%"><conditions>'
                '<condition number="0" type="jump" coverage="50%"/>'
                '<condition number="1" type="jump" coverage="100%"/></conditions></line>'
            ),
            [1, 0, 1, 1],
        ),
        (
            (
                '<line number="3" hits="1" condition-coverage="50% (1/2)"><conditions>'
                '<condition number="0" type="jump" coverage="50%"/></conditions></line>'
            ),
            [1, 0],
        ),
    ],
)
def test_branches_are_counted_from_the_line_or_its_conditions(
    line: str, branches: list[int]
) -> None:
    counts = parse_cobertura(_report(line)).files["x.cs"]
    assert counts.lines == {3: 1}
    assert list(counts.branches.get(3, {}).values()) == branches


_BOMB = (
    '<!DOCTYPE coverage [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
_THIEF = '<!DOCTYPE coverage [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_ENTITIES = "declares XML entities, which no coverage report needs"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (_report("", head=_BOMB), _ENTITIES),
        (_report("", head=_THIEF), _ENTITIES),
        (_report("", head='<!DOCTYPE coverage [<!ENTITY % a "b">]>'), _ENTITIES),
        (b"<report/>", "is no Cobertura: its root is `report`, expected `coverage`"),
        (b"<coverage><project/></coverage>", "is no Cobertura: it has no `packages`"),
        (b"<coverage>", "is no XML: no element found: line 1, column 10"),
        (_report('<line hits="1"/>'), "cannot be read: line 1 is no Cobertura"),
        (_report('<line number="1" hits="x"/>'), "cannot be read: line 1 is no Cobertura"),
    ],
)
def test_what_is_no_report_is_refused(data: bytes, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_cobertura(data)
    assert str(caught.value) == problem


def test_a_document_type_elsewhere_is_not_looked_at() -> None:
    head = '<!DOCTYPE coverage SYSTEM "file:///etc/passwd">'
    assert parse_cobertura(_report('<line number="2" hits="0"/>', head=head)).files == {
        "x.cs": HitCounts({2: 0}, named=False)
    }
