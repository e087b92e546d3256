"""What was analysed once is reported as coverage.py reports it."""

from __future__ import annotations

import contextlib
import re
import warnings
from typing import TYPE_CHECKING

import pytest
from coverage import Coverage

from moonpool.coverage.datafile import write_data_file
from moonpool.coverage.executed import Executed, FileRun
from moonpool.coverage.remembering import RememberingCoverage
from tests.coverage.building import plant

if TYPE_CHECKING:
    from pathlib import Path

_SOURCES = {
    "empty.py": "",
    "broken.py": "def:\n",
    "part.py": "def f(value):\n    if value:\n        return 1\n    return 2\n",
    "more.py": "class C:\n    def m(self):\n        return [\n            1,\n        ]\n",
}
_ARCS = frozenset([(-1, 1), (1, 2), (2, 3), (3, -1)])


def _reports(kind: type[Coverage], root: Path, target: Path) -> dict[str, str]:
    """Write every report after the JSON one; return each file's text without times."""
    target.mkdir()
    coverage = kind(data_file=str(root / "data"), config_file=False)
    coverage.set_option("html:show_contexts", True)
    with contextlib.chdir(root), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # One file does not parse.
        coverage.load()
        coverage.json_report(outfile=str(target / "json"), ignore_errors=True)
        coverage.html_report(directory=str(target), ignore_errors=True)
        coverage.lcov_report(outfile=str(target / "lcov"), ignore_errors=True)
        coverage.xml_report(outfile=str(target / "xml"), ignore_errors=True)
    times = re.compile(r'created at [^<]*|"timestamp": "[^"]*"|timestamp="\d+"|"globals":"\w+"')
    return {
        path.name: times.sub("", path.read_text(encoding="utf-8", errors="replace"))
        for path in sorted(target.iterdir())
    }


@pytest.mark.parametrize("branches", [True, False])
def test_every_report_is_coverages_own(tmp_path: Path, branches: bool) -> None:
    root = plant(tmp_path / "sources", _SOURCES)
    run = FileRun(arcs={"one": _ARCS}) if branches else FileRun(lines={"one": 0b1110})
    runs = {str(root / name): run if "e" in name else FileRun() for name in _SOURCES}
    write_data_file(root / "data", Executed(branches, runs))
    theirs = _reports(Coverage, root, tmp_path / "theirs")
    assert _reports(RememberingCoverage, root, tmp_path / "ours") == theirs
    assert len([name for name in theirs if name.endswith("_py.html")]) == len(_SOURCES) - 1


def test_a_file_is_analysed_once(tmp_path: Path) -> None:
    root = plant(tmp_path, {"a.py": _SOURCES["part.py"]})
    write_data_file(root / "data", Executed(True, {str(root / "a.py"): FileRun()}))
    coverage = RememberingCoverage(data_file=str(root / "data"), config_file=False)
    coverage.load()
    coverage.json_report(outfile=str(root / "json"))
    (root / "a.py").unlink()
    assert coverage.xml_report(outfile=str(root / "xml")) == 0
    assert "part" not in (root / "xml").read_text()
    assert 'line number="3" hits="0"' in (root / "xml").read_text()
