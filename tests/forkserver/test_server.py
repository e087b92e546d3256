"""A real server, asked for real processes by a process that has done nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.project import clean_environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a safe fork")

BEGIN = """
import os, signal, subprocess, sys, time
from moonpool.forkserver.client import ForkServer

def run(program, wait=True):
    (stdin, to), (back, stdout) = os.pipe(), os.pipe()
    process = server.spawn(stdin, stdout)
    os.close(stdin), os.close(stdout)
    os.write(to, repr(program).encode() + b"\\n")
    os.close(to)
    if not wait:
        return process
    with open(back) as answer:
        text = answer.read()
    return process.wait(10), text

server = ForkServer.start(lambda: None, lambda: None, at_once=False)
"""


def _say(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + program + "\nserver.close()"],
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def test_a_process_runs_what_it_is_given() -> None:
    assert _say("print(run('print(6 * 7)'))") == "(0, '42\\n')"


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("raise SystemExit(3)", 3),
        ("raise SystemExit", 0),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("import sys; sys.stderr = open('/dev/null', 'w'); raise ValueError", 1),
    ],
)
def test_its_end_is_told_as_of_any_process(program: str, status: int) -> None:
    assert _say(f"print(run({program!r})[0])") == str(status)


def test_it_has_the_environment_and_the_folder_of_its_caller_now() -> None:
    caller = "os.environ['NOW'] = 'so \\udcff'; os.chdir('/usr')\n"
    program = "import os; print(ascii(os.environ['NOW']), os.getcwd())"
    assert _say(f"{caller}print(run({program!r})[1])") == "'so \\udcff' /usr"


def test_who_waits_too_long_is_told() -> None:
    waits = """
process = run("import time; time.sleep(60)", wait=False)
assert process.poll() is None
try:
    process.wait(0.1)
except subprocess.TimeoutExpired:
    process.kill()
print(process.wait(10), process.returncode)
"""
    assert _say(waits) == "-9 -9"


def test_what_runs_ends_with_the_server() -> None:
    ends = """
process = run("import time; time.sleep(60)", wait=False)
os.kill(server.pid, signal.SIGKILL)
print(process.wait(10))
try:
    run("print()")
except OSError:
    print("no more")
"""
    assert _say(ends) == "-9\nno more"


def test_many_at_once() -> None:
    many = """
processes = [run("import time; time.sleep(0.5)", wait=False) for _ in range(20)]
print({process.wait(20) for process in processes}, len({process.pid for process in processes}))
"""
    assert _say(many) == "{0} 20"
