from __future__ import annotations

import subprocess
import sys

from moonpool.pool.clock import boot_seconds


def test_processes_read_the_same_clock() -> None:
    code = "from moonpool.pool.clock import boot_seconds; print(boot_seconds())"
    before = boot_seconds()
    other = float(subprocess.check_output([sys.executable, "-c", code], text=True))
    assert before <= other <= boot_seconds()
