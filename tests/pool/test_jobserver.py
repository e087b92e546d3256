from __future__ import annotations

import os
import sys

import pytest

from moonpool.pool.jobserver import Jobserver, find_jobserver

posix = pytest.mark.skipif(sys.platform == "win32", reason="make names a semaphore here")


@pytest.mark.parametrize("flags", ["", "-k", "-j4", " -- A=--no-jobserver"])
def test_without_a_jobserver_there_is_none(flags: str) -> None:
    assert find_jobserver({"MAKEFLAGS": flags}) is None
    assert find_jobserver({}) is None


@posix
def test_a_fifo_is_known_by_its_path() -> None:
    flags = "ks -j4 --jobserver-auth=fifo:/tmp/GMfifo7"
    assert find_jobserver({"MAKEFLAGS": flags}) == Jobserver(fifo="/tmp/GMfifo7")


@posix
@pytest.mark.parametrize("word", ["auth", "fds"])
def test_descriptors_count_where_they_are_open_pipes(word: str) -> None:
    reading, writing = os.pipe()
    found = find_jobserver({"MAKEFLAGS": f" -j4 --jobserver-{word}={reading},{writing}"})
    assert found == Jobserver(descriptors=(reading, writing))
    os.close(reading)
    os.close(writing)
    assert find_jobserver({"MAKEFLAGS": f" -j --jobserver-{word}={reading},{writing}"}) is None


@posix
@pytest.mark.parametrize("word", ["-2,-2", "0", "nonsense"])
def test_what_make_has_hidden_is_no_jobserver(word: str) -> None:
    assert find_jobserver({"MAKEFLAGS": f"-j4 --jobserver-auth={word}"}) is None


@posix
def test_the_innermost_make_counts() -> None:
    flags = "--jobserver-auth=fifo:/outer --jobserver-auth=fifo:/inner"
    assert find_jobserver({"MAKEFLAGS": flags}) == Jobserver(fifo="/inner")
