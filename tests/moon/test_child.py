from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.moon.child import run_group

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("code", [0, 1, 7])
def test_the_exit_code_of_the_child_is_told(tmp_path: Path, code: int) -> None:
    command = [sys.executable, "-c", f"raise SystemExit({code})"]
    assert run_group(command, cwd=tmp_path, environ=os.environ) == (code, 0)


def test_a_child_killed_by_a_signal_ends_as_a_shell_would_say(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    assert run_group(command, cwd=tmp_path, environ=os.environ) == (137, 0)


_OUTER = """
import os, sys
from pathlib import Path
from moonpool.moon.child import run_group
print(run_group([sys.executable, "-c", sys.argv[1]], cwd=Path.cwd(), environ=os.environ))
"""
# The grandchild says goodbye, so it is seen that the whole group was told and waited for.
_FAMILY = """
import os, signal
pid = 0
def leave(number, frame):
    if pid:
        os.waitpid(pid, 0)
        os._exit(5)
    os.write(1, b"goodbye\\n")
    os._exit(0)
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, leave)
pid = os.fork()
if not pid:
    os.write(1, b"ready\\n")
signal.pause()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_the_whole_family_and_is_waited_for(
    tmp_path: Path, number: signal.Signals
) -> None:
    outer = subprocess.Popen(
        [sys.executable, "-c", _OUTER, _FAMILY], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    assert outer.stdout is not None
    assert outer.stdout.readline() == "ready\n"
    outer.send_signal(number)
    assert outer.communicate()[0] == f"goodbye\n(5, {int(number)})\n"
