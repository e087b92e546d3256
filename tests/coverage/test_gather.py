"""Many data files made one: equal to what coverage.py itself combines, whoever reads how much."""

from __future__ import annotations

import itertools
import sqlite3
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

from moonpool.coverage import gather as gathering
from moonpool.coverage.datafile import read_data_file, write_data_file
from moonpool.coverage.executed import Executed, FileRun, unite
from moonpool.coverage.gather import DamagedFile, gather
from tests.coverage.building import contents, run

if TYPE_CHECKING:
    from pathlib import Path


def _plant(folder: Path, branches: bool, count: int = 6) -> list[Path]:
    paths = []
    for number in range(count):
        data = CoverageData(basename=str(folder / f".coverage.{number}"))
        for context in ("", f"test_{number % 2}"):
            data.set_context(context)
            files = {f"m{n}.py": range(number + n, 40, 3) for n in range(number % 3, 4)}
            if branches:
                pairs = {name: list(itertools.pairwise(some)) for name, some in files.items()}
                data.add_arcs({**pairs, "ends.py": [(-1, number + 1), (number + 1, -(number + 1))]})
            else:
                data.add_lines(files)
        data.touch_file(f"never{number}.py")
        data.write()
        data.close(force=True)
        paths.append(folder / f".coverage.{number}")
    return paths


@pytest.mark.parametrize("branches", [False, True])
def test_the_union_is_what_coverage_itself_combines(tmp_path: Path, branches: bool) -> None:
    paths = _plant(tmp_path, branches)
    found = gather(paths)
    assert (found.files, found.damaged, found.mixed) == (6, (), False)
    write_data_file(tmp_path / "ours", found.executed)
    run(["-m", "coverage", "combine", "--keep", "-q"], tmp_path)
    theirs = contents(tmp_path / ".coverage", tmp_path)
    assert contents(tmp_path / "ours", tmp_path) == theirs
    assert theirs["m3.py"]["arcs" if branches else "lines"]


@pytest.mark.parametrize("branches", [False, True])
def test_processes_that_share_the_work_find_the_same(tmp_path: Path, branches: bool) -> None:
    paths = [*_plant(tmp_path, branches), tmp_path / "gone"]
    (tmp_path / ".coverage.2").write_bytes(b"")
    # Enough bytes for three processes; a file of another kind is named and left out.
    (tmp_path / ".coverage.3").write_bytes(b"x" * 3 * gathering._BYTES_PER_PROCESS)
    alone, shared = gather(paths), gather(paths, processes=3)
    assert shared == alone
    assert shared.files == 4
    assert shared.damaged == (
        DamagedFile(tmp_path / ".coverage.2", "is empty"),
        DamagedFile(tmp_path / ".coverage.3", "cannot be read: file is not a database"),
        DamagedFile(tmp_path / "gone", "is not there"),
    )


def test_what_a_killed_process_should_have_read_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = _plant(tmp_path, branches=True)
    paths[0].write_bytes(paths[0].read_bytes() + bytes(32 << 20))
    alone = gather(paths)
    dies = (
        "import os, sys\n"
        "if 'moonpool.coverage.gather' in sys.orig_argv:\n"
        '    os.write(1, b\'["m1.py", "", "0", "16777\')\n'
        "    os._exit(1)\n"
    )
    (tmp_path / "sitecustomize.py").write_text(dies)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert gather(paths, processes=2) == alone


def test_lines_count_as_run_beside_branches(tmp_path: Path) -> None:
    lines = Executed(False, {"a.py": FileRun(lines={"": 0b110})})
    arcs = Executed(True, {"a.py": FileRun("jinja", arcs={"": frozenset([(-1, 4), (4, -1)])})})
    write_data_file(tmp_path / "one", lines)
    write_data_file(tmp_path / "two", arcs)
    found = gather([tmp_path / "one", tmp_path / "two"])
    assert found.mixed
    assert found.executed == unite([lines, arcs])


def test_arcs_at_the_ends_of_long_files_are_kept(tmp_path: Path) -> None:
    arcs = frozenset([(-1, 1), (999_999, -1), (999_999, 1_000_000), (1_000_000, -999_998)])
    executed = Executed(True, {"long.py": FileRun(arcs={"": arcs})})
    write_data_file(tmp_path / "data", executed)
    assert read_data_file(tmp_path / "data") == executed
    with sqlite3.connect(tmp_path / "data") as connection:
        assert set(connection.execute("select fromno, tono from arc")) == arcs
