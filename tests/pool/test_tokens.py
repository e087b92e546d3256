from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from moonpool.pool.tokens import Tokens, open_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="the jobserver of this system is no FIFO"
)

_HOLDER = """
import sys
from moonpool.pool.tokens import open_tokens
tokens = open_tokens()
print(tokens.reserve(3), flush=True)
sys.stdin.read()
"""


class _Make:
    """A jobserver of three tokens, each a byte of its own, as make has it."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.environ = {"MAKEFLAGS": f"-j4 --jobserver-auth=fifo:{path}"}
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        os.write(self._descriptor, b"abc")

    def free(self) -> bytes:
        """The tokens that nobody has."""
        with contextlib.suppress(BlockingIOError):
            free = os.read(self._descriptor, 10)
            os.write(self._descriptor, free)
            return bytes(sorted(free))
        return b""

    def close(self) -> None:
        os.close(self._descriptor)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[_Make]:
    make = _Make(tmp_path / "jobserver")
    yield make
    make.close()


@pytest.fixture
def tokens(make: _Make) -> Iterator[Tokens]:
    tokens = open_tokens(make.environ)
    assert tokens is not None
    yield tokens
    tokens.close()


def test_the_first_worker_costs_no_token(make: _Make, tokens: Tokens) -> None:
    assert tokens.reserve(1) == 1
    assert make.free() == b"abc"


def test_each_further_worker_costs_one(make: _Make, tokens: Tokens) -> None:
    assert tokens.reserve(3) == 3
    assert make.free() == b"c"
    assert tokens.reserve(2) == 2


def test_no_more_than_there_are(make: _Make, tokens: Tokens) -> None:
    assert tokens.reserve(9) == 4
    assert make.free() == b""


def test_the_very_tokens_come_back(make: _Make, tokens: Tokens) -> None:
    tokens.reserve(4)
    tokens.keep(2)
    assert tokens.reserve(2) == 2
    tokens.close()
    assert make.free() == b"abc"


def test_they_come_back_from_a_killed_process_too(make: _Make) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER],
        env={**os.environ, **make.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"3\n"
        assert make.free() == b"c"
        holder.kill()
    deadline = time.monotonic() + 60
    while make.free() != b"abc":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_without_its_keeper_a_run_has_its_own_slot(make: _Make, tokens: Tokens) -> None:
    assert tokens.reserve(2) == 2
    tokens._keeper.kill()
    tokens._keeper.wait()
    assert tokens.reserve(4) == 1


def test_inherited_descriptors_serve_as_well() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"+")
    tokens = open_tokens({"MAKEFLAGS": f"-j2 --jobserver-auth={reading},{writing}"})
    assert tokens is not None
    assert tokens.reserve(3) == 2
    assert os.get_blocking(reading)
    tokens.close()
    assert os.read(reading, 1) == b"+"
    os.close(reading)
    os.close(writing)


def test_without_make_there_are_no_tokens() -> None:
    assert open_tokens({}) is None
