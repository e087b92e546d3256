from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from moonpool.pool import Allowance, Capacity, Holder, Pool, open_pool
from moonpool.pool.entries import STALE_SECONDS, Controller, Entry, encode_entry
from moonpool.pool.ledger import Ledger
from moonpool.pool.membership import Membership
from moonpool.pool.shares import Claim
from tests.pool.controllers import CAPACITY, KEY, child, line, someone, want

if TYPE_CHECKING:
    from pathlib import Path

needs_signals = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no SIGSTOP here")
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes here")


def _ledger(pool: Pool) -> Ledger:
    assert pool.folder is not None
    return Ledger(pool.folder)


def test_a_controller_alone_takes_the_machine_and_then_shares_it(pool: Pool) -> None:
    with pool.join(someone("a")) as first, pool.join(someone("b", 2)) as second:
        assert want(first, 8) == Allowance(4, 4)
        assert want(second, 8) == Allowance(
            2, 1, overcommitted=True, waiting_for=(Holder("a", "/a", 1, held=4, cpus=4.0),)
        )
        assert want(first, 8).surplus == 2
        first.release(2)
        assert want(second, 8).granted == 2
        assert (first.held, second.held) == (2, 2)
        assert want(first, 8).surplus == 0


def test_one_that_leaves_gives_everything_back(pool: Pool) -> None:
    with pool.join(someone("a")) as first:
        want(first, 8)
    first.leave()
    with pool.join(someone("b")) as second:
        assert want(second, 8).granted == 4
        assert pool.snapshot().standings[0].controller.project == "b"


def test_more_released_than_held_is_everything(pool: Pool) -> None:
    with pool.join(someone("a")) as member:
        want(member, 2)
        member.release(5)
        assert member.held == 0


def test_what_a_controller_insists_on_counts_for_others(pool: Pool) -> None:
    with pool.join(someone("fixed")) as fixed, pool.join(someone("b")) as other:
        assert want(fixed, 6, held=6).granted == 6
        assert want(other, 4).granted == 1
        assert want(fixed, 6, held=1).granted == 2


def test_strict_controllers_wait_for_a_slot_in_turn(base: Path) -> None:
    environ = {"MOONPOOL_POOL_DIR": str(base)}
    pool = open_pool(Capacity(1.0, None), KEY, environ=environ)
    first, second, third = (pool.join(someone(name), floor=0) for name in "abc")
    assert [want(member, 1).granted for member in (first, second, third)] == [1, 0, 0]
    first.leave()
    assert [want(member, 1).granted for member in (third, second)] == [0, 1]
    second.leave()
    assert want(third, 1).granted == 1
    third.leave()


def test_memory_is_shared_as_cpus_are(base: Path) -> None:
    pool = open_pool(Capacity(8.0, 1000), KEY, environ={"MOONPOOL_POOL_DIR": str(base)})
    with pool.join(someone("a")) as first, pool.join(someone("b")) as second:
        assert first.sync(8, weight=1.0, worker_bytes=300).granted == 3
        assert second.sync(8, weight=1.0, worker_bytes=300).granted == 1
        assert first.sync(8, weight=1.0, worker_bytes=300).surplus == 1
        assert pool.snapshot().free == Capacity(4.0, -200)


def test_one_that_fell_silent_keeps_its_slots_and_reserves_none(base: Path) -> None:
    now = [100.0]
    environ = {"MOONPOOL_POOL_DIR": str(base)}
    pool = open_pool(CAPACITY, KEY, environ=environ, clock=lambda: now[0])
    with pool.join(someone("silent")) as silent, pool.join(someone("b")) as other:
        want(silent, 4, held=1)
        silent.release(3)
        assert want(other, 4) == Allowance(
            2, 2, others_wait=True, waiting_for=(Holder("silent", "/silent", 1, 1, 1.0),)
        )
        now[0] += STALE_SECONDS + 1
        assert want(other, 4).granted == 3


def test_a_clock_that_jumps_back_harms_nobody(base: Path) -> None:
    now = [100.0]
    environ = {"MOONPOOL_POOL_DIR": str(base)}
    pool = open_pool(CAPACITY, KEY, environ=environ, clock=lambda: now[0])
    with pool.join(someone("a")) as first, pool.join(someone("b")) as second:
        want(first, 8)
        now[0] = 5.0
        assert want(second, 8).granted == 1
        assert [each.waiting_seconds for each in pool.snapshot().standings] == [0.0, 0.0]


def test_a_killed_controller_is_gone_at_once(pool: Pool, base: Path) -> None:
    with pool.join(someone("survivor")) as survivor, child(base) as other:
        assert line(other) == "4"
        assert want(survivor, 4) == Allowance(
            2,
            1,
            overcommitted=True,
            waiting_for=(Holder("child", "/child", other.pid, 4, 4.0),),
        )
        other.kill()
        other.wait()
        assert want(survivor, 4) == Allowance(4, 4)
        assert len(list(base.rglob("*.json"))) == 1


def test_a_controller_killed_while_it_writes_is_gone_too(pool: Pool, base: Path) -> None:
    half_a_write = """
member._own.write = lambda record: (
    os.pwrite(member._own._descriptor, record[:150] + b"{" * 50, 0),
    os.kill(os.getpid(), signal.SIGKILL),
)
member.sync(2, weight=1.0, worker_bytes=0)
"""
    with pool.join(someone("survivor")) as survivor:
        with child(base, half_a_write) as other:
            assert other.wait() == -signal.SIGKILL
        assert want(survivor, 4) == Allowance(4, 4)


def test_a_record_torn_by_a_living_one_counts_as_a_slot(pool: Pool, base: Path) -> None:
    torn = """
os.pwrite(member._own._descriptor, b"{" * 50, 0)
print("torn", flush=True)
sys.stdin.read()
"""
    with pool.join(someone("b")) as member, child(base, torn) as other:
        assert line(other) == "torn"
        assert want(member, 4).granted == 3


def test_a_living_record_of_a_later_version_is_respected(pool: Pool) -> None:
    ledger = _ledger(pool)
    record = encode_entry(Entry(Controller("new", "/new", 9), Claim("", wanted=3, held=3), 0.0))
    own = ledger.enter(record.replace(b'"version": 1', b'"version": 7'))
    with pool.join(someone("a")) as member:
        assert want(member, 4).granted == 1
        assert own.path.exists()
        own.close()
        assert want(member, 4).granted == 4


STOP_INSIDE = """
from moonpool.pool.ledger import Ledger
with Ledger(pool.folder).section(5.0) as entered:
    print(entered, flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
sys.stdin.read()
"""


@needs_signals
def test_one_that_is_stopped_in_the_section_stops_nobody_else(pool: Pool, base: Path) -> None:
    with child(base, STOP_INSIDE, wanted=2) as other:
        assert line(other) == "True"
        os.waitpid(other.pid, os.WUNTRACED)
        members = [
            Membership(_ledger(pool), CAPACITY, someone(name), floor=floor, patience_seconds=0.1)
            for name, floor in (("floor", 1), ("strict", 0))
        ]
        floor, strict = members
        told = (
            f"process {other.pid} keeps the pool of workers locked and does not move; "
            "until it does, this run keeps what it has"
        )
        # One that is merely slow would have gone on before the second attempt.
        assert [want(floor, 4).note for _ in range(3)] == [None, told, None]
        assert want(floor, 4) == Allowance(1, 1, shared=False)
        assert want(strict, 4) == Allowance(0, 0, shared=False)
        floor.release()
        assert floor.held == 0
        other.send_signal(signal.SIGCONT)
        granted = [_eventually(member) for member in members]
        assert granted[0] + granted[1] == 2
        for member in members:
            member.leave()


def _eventually(member: Membership) -> int:
    """What is granted as soon as the section moves again."""
    while not (allowance := want(member, 1)).shared:
        time.sleep(0.01)
    return allowance.granted


@needs_signals
def test_onlookers_are_not_stopped_either(pool: Pool, base: Path) -> None:
    with child(base, STOP_INSIDE, wanted=2) as other:
        assert line(other) == "True"
        os.waitpid(other.pid, os.WUNTRACED)
        (standing,) = pool.snapshot().standings
        assert (standing.controller.pid, standing.claim.held) == (other.pid, 2)


def test_children_do_not_keep_an_entry_alive(pool: Pool, base: Path) -> None:
    leave_a_child = """
left = subprocess.Popen(["sleep", "60"], close_fds=False, stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL)
print(left.pid, flush=True)
sys.stdin.read()
"""
    with pool.join(someone("b")) as member, child(base, leave_a_child) as other:
        orphan = int(line(other))
        try:
            other.kill()
            other.wait()
            assert want(member, 4).granted == 4
        finally:
            os.kill(orphan, signal.SIGKILL)


@needs_fork
def test_a_forked_child_is_no_member_and_keeps_nothing_alive(pool: Pool, base: Path) -> None:
    fork = """
forked = os.fork()
if forked:
    os.write(1, b"%d\\n" % forked)
else:
    allowance = member.sync(1, weight=1.0, worker_bytes=0)
    member.leave()
    os.write(1, b"%s\\n" % str(allowance.shared).encode())
sys.stdin.read()
"""
    with pool.join(someone("b")) as member, child(base, fork) as other:
        said = {line(other), line(other)}
        assert "False" in said
        (forked,) = (int(word) for word in said if word != "False")
        try:
            assert want(member, 4).granted == 1
            other.kill()
            other.wait()
            assert want(member, 4).granted == 4
        finally:
            os.kill(forked, signal.SIGKILL)


def test_a_folder_that_vanishes_is_made_again(pool: Pool, base: Path) -> None:
    with pool.join(someone("a")) as first, pool.join(someone("b")) as second:
        want(first, 2)
        want(second, 2)
        shutil.rmtree(base)
        assert want(first, 2) == Allowance(2, 2)
        assert want(second, 2) == Allowance(2, 2)
        second.release()
        assert [each.claim.held for each in pool.snapshot().standings] == [2, 1]


def test_a_place_that_is_taken_is_told_once(pool: Pool, base: Path) -> None:
    with pool.join(someone("a")) as member:
        want(member, 3)
        shutil.rmtree(base)
        base.write_text("mine")
        note = (
            f"the pool of workers in `{base / KEY}` fails (`{base}` is not a directory); "
            "this run keeps what it has"
        )
        assert want(member, 4) == Allowance(3, 3, note=note, shared=False)
        assert want(member, 4) == Allowance(3, 3, shared=False)
        member.release()
        base.unlink()
        assert want(member, 4) == Allowance(4, 4)


@needs_limits
def test_a_full_disk_is_told_once(base: Path) -> None:
    code = """
import pathlib, resource, sys
from moonpool.pool import Capacity, Controller, open_pool
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
pool = open_pool(Capacity(4.0, None), "key", environ={"MOONPOOL_POOL_DIR": sys.argv[1]})
member = pool.join(Controller("a", "/a", 1))
for _ in range(2):
    allowance = member.sync(4, weight=1.0, worker_bytes=0)
    print(allowance.granted, allowance.shared, allowance.note)
print(sum(1 for _ in pool.folder.glob("*.json")))
"""
    said = subprocess.check_output([sys.executable, "-c", code, str(base)], text=True)
    first, second, files = said.splitlines()
    assert first == (
        f"1 False the pool of workers in `{base / KEY}` fails "
        f"(`{base / KEY}` took only a part of a record); this run keeps what it has"
    )
    assert (second, files) == ("1 False None", "0")


def test_without_a_ledger_everybody_is_alone_and_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    pool = open_pool(CAPACITY, KEY, environ={"MOONPOOL_POOL_DIR": str(tmp_path / "file")})
    note = (
        f"no pool of workers can be shared: `{tmp_path / 'file'}` is not a directory; this run "
        "takes workers as if it were alone (`MOONPOOL_POOL_DIR` names another folder)"
    )
    assert (pool.folder, pool.trouble) == (None, note)
    with pool.join(someone("a")) as first, pool.join(someone("b"), floor=0) as second:
        assert want(first, 8) == Allowance(4, 4, note=note, shared=False)
        assert want(second, 8).granted == 4
        assert want(first, 2) == Allowance(2, 4, shared=False)
        first.release(4)
        assert want(first, 2).granted == 2
    assert pool.snapshot().standings == ()


def test_capacity_that_shrinks_takes_nothing_away_and_gives_nothing_more(base: Path) -> None:
    environ = {"MOONPOOL_POOL_DIR": str(base)}
    large, small = (open_pool(Capacity(cpus, None), KEY, environ=environ) for cpus in (8.0, 4.0))
    with large.join(someone("a")) as first, small.join(someone("b")) as second:
        assert want(first, 7).granted == 7
        assert want(second, 8) == Allowance(
            2, 1, overcommitted=True, waiting_for=(Holder("a", "/a", 1, held=7, cpus=7.0),)
        )
