"""The jobserver for tests' children, with clients that read and write a real FIFO."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.pool.lending import Lending, can_lend
from tests.pool.controllers import someone, want
from tests.support.project import clean_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.pool import Membership, Pool

pytestmark = pytest.mark.skipif(not can_lend(), reason="this system has no FIFOs")


class _Client:
    """What a make of the tests does with the jobserver."""

    def __init__(self, path: Path) -> None:
        self._source = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._sink = os.open(path, os.O_WRONLY)

    def take(self) -> bool:
        try:
            return os.read(self._source, 1) == b"+"
        except BlockingIOError:
            return False

    def give(self) -> None:
        os.write(self._sink, b"+")

    def leave(self) -> None:
        os.close(self._source)
        os.close(self._sink)


@pytest.fixture
def member(pool: Pool) -> Iterator[Membership]:
    with pool.join(someone("lender"), floor=0) as member:
        yield member


def _folder(pool: Pool) -> Path:
    assert pool.folder is not None
    return pool.folder


@pytest.fixture
def lending(pool: Pool, member: Membership) -> Iterator[Lending]:
    lending = Lending(member, _folder(pool), lambda: None)
    yield lending
    lending.close()


@pytest.fixture
def client(lending: Lending) -> Iterator[_Client]:
    client = _Client(lending.path)
    yield client
    with contextlib.suppress(OSError):
        client.leave()


def _take_all(lending: Lending, client: _Client) -> int:
    taken = 0
    lending.step()
    while client.take():
        taken += 1
        lending.step()
    return taken


def test_without_a_client_nothing_is_held(lending: Lending, member: Membership) -> None:
    lending.step()
    lending.step()
    assert member.held == 0


def test_one_token_waits_for_a_client(
    lending: Lending, member: Membership, client: _Client
) -> None:
    for _ in range(3):
        lending.step()
    assert member.held == 1


def test_a_client_gets_what_the_workers_leave(
    pool: Pool, lending: Lending, member: Membership, client: _Client
) -> None:
    with pool.join(someone("run")) as run:
        assert want(run, 3).granted == 3
        assert _take_all(lending, client) == 1
        assert member.held == 1
        assert want(run, 3).surplus == 0


def test_nobody_gives_up_a_worker_for_it(pool: Pool, lending: Lending, client: _Client) -> None:
    with pool.join(someone("run")) as run:
        assert want(run, 4).granted == 4
        assert _take_all(lending, client) == 0
        assert not want(run, 4).others_wait


def test_returned_tokens_go_back_to_the_pool(
    lending: Lending, member: Membership, client: _Client
) -> None:
    assert _take_all(lending, client) == 4
    for _ in range(3):
        client.give()
    lending.step()
    lending.step()
    assert member.held == 2
    assert client.take()


def test_the_token_that_waits_goes_to_a_run_that_needs_it(
    pool: Pool, lending: Lending, member: Membership, client: _Client
) -> None:
    lending.step()
    with pool.join(someone("run")) as run:
        assert want(run, 4).granted == 3
        lending.step()
        assert want(run, 4).granted == 4
        assert not client.take()
        lending.step()
        assert member.held == 0


def test_strain_keeps_further_jobs_from_starting(pool: Pool, member: Membership) -> None:
    lending = Lending(member, _folder(pool), lambda: "the machine is busy")
    client = _Client(lending.path)
    assert _take_all(lending, client) == 0
    client.leave()
    lending.close()


def test_what_a_killed_client_owes_is_there_again(lending: Lending, member: Membership) -> None:
    code = (
        "import os, sys, time\n"
        "source, sink = os.open(sys.argv[1], os.O_RDONLY), os.open(sys.argv[1], os.O_WRONLY)\n"
        "print(os.read(source, 1), flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code, str(lending.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        try:
            while not member.held:
                lending.step()
            assert client.stdout.readline() == "b'+'\n"
            lending.step()
            assert member.held == 2
        finally:
            client.kill()
    lending.step()
    assert member.held == 0


def test_a_closed_one_leaves_nothing(pool: Pool, member: Membership) -> None:
    lending = Lending(member, _folder(pool), lambda: None)
    client = _Client(lending.path)
    lending.step()
    lending.close()
    client.leave()
    assert not lending.path.exists()
    assert pool.snapshot().standings == ()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_the_next_one_removes_what_a_killed_one_left(
    pool: Pool, base: Path, member: Membership
) -> None:
    code = (
        "import os, pathlib, signal, sys\n"
        "from moonpool.pool import Capacity, Controller, open_pool\n"
        "from moonpool.pool.lending import Lending\n"
        "pool = open_pool(Capacity(4.0, None), 'key', environ={'MOONPOOL_POOL_DIR': sys.argv[1]})\n"
        "member = pool.join(Controller('child', '/child', os.getpid()), floor=0)\n"
        "print(Lending(member, pool.folder, lambda: None).path, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    died = subprocess.run(
        [sys.executable, "-c", code, str(base)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    left = Path(died.stdout.strip())
    assert left.exists()
    living = Lending(member, _folder(pool), lambda: None)
    assert not left.exists()
    with pool.join(someone("other"), floor=0) as other:
        Lending(other, _folder(pool), lambda: None).close()
        assert living.path.exists()
    living.close()
