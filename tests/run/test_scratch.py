from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from moonpool.run import open_scratch

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import pathlib, sys, time
from moonpool.run import open_scratch
held = open_scratch(pathlib.Path(sys.argv[1]))
print(held.folder, flush=True)
time.sleep(60)
"""


def test_a_run_has_a_folder_of_its_own_that_git_ignores(tmp_path: Path) -> None:
    own_folder = tmp_path / ".moonpool"
    first, second = open_scratch(own_folder), open_scratch(own_folder)
    assert first.folder != second.folder
    assert first.run_id != second.run_id
    assert (own_folder / ".gitignore").read_text().endswith("*\n")
    first.close()
    assert not first.folder.exists()
    assert second.folder.exists()
    second.close()


def test_a_living_run_keeps_its_folder_and_a_killed_one_loses_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        held = tmp_path / child.stdout.readline().strip()
        open_scratch(tmp_path).close()
        survived = held.exists()
        child.send_signal(signal.SIGKILL)
    assert survived
    open_scratch(tmp_path).close()
    assert not held.exists()
