from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from typing import TYPE_CHECKING

import pytest

from moonpool.pool.entries import Controller, Entry, encode_entry
from moonpool.pool.ledger import Ledger
from moonpool.pool.locks import opened, try_lock, unlock
from moonpool.pool.shares import Claim

if TYPE_CHECKING:
    from pathlib import Path

RECORD = encode_entry(Entry(Controller("p", "/c", 1), Claim("", wanted=2, held=1), 0.0))


def _projects(ledger: Ledger, *, reap: bool = True) -> list[str]:
    return [entry.controller.project for entry in ledger.entries(reap=reap)]


def test_a_record_is_seen_while_its_lock_is_held(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    own = ledger.enter(RECORD)
    assert _projects(ledger) == ["p"]
    assert ledger.entries(without=own.id, reap=True) == []
    own.remove()
    assert _projects(ledger) == []
    assert list(tmp_path.iterdir()) == []


def test_a_record_whose_lock_was_dropped_is_gone_and_reaped_only_by_who_may(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    own = ledger.enter(RECORD)
    own.close()
    assert _projects(ledger, reap=False) == []
    assert own.path.exists()
    assert _projects(ledger, reap=True) == []
    assert not own.path.exists()


def test_a_live_record_with_garbage_is_one_slot_and_stays(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    own = ledger.enter(RECORD)
    own.write(RECORD[:100] + b"\0" * 1948)
    (entry,) = ledger.entries(reap=True)
    assert (entry.claim.held, entry.understood) == (1, False)
    assert own.path.exists()


def test_what_is_no_record_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("mine")
    (tmp_path / "folder.json").mkdir()
    ledger = Ledger(tmp_path)
    assert ledger.entries(reap=True) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README", "folder.json"]


def test_a_removed_record_knows_it(tmp_path: Path) -> None:
    own = Ledger(tmp_path).enter(RECORD)
    assert own.in_place()
    own.path.unlink()
    assert not own.in_place()
    own.path.write_bytes(RECORD)
    assert not own.in_place()
    own.close()


def test_one_section_at_a_time(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with ledger.section(0.0) as first, ledger.section(0.05) as second:
        assert (first, second) == (True, False)
    with ledger.section(0.0) as third:
        assert third


def test_the_section_names_who_is_inside(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.last_entry() is None
    with ledger.section(0.0):
        inside = ledger.last_entry()
    assert inside is not None
    assert inside.split()[0] == str(os.getpid())
    with ledger.section(0.0):
        assert ledger.last_entry() != inside


def test_a_section_whose_file_was_replaced_meanwhile_is_none(tmp_path: Path) -> None:
    ledger, path = Ledger(tmp_path), tmp_path / "section.lock"
    entered: list[bool] = []

    def enter() -> None:
        with ledger.section(20.0) as inside:
            entered.append(inside)

    with opened(path, os.O_RDWR | os.O_CREAT) as old:
        assert try_lock(old)
        waiting = threading.Thread(target=enter)
        waiting.start()
        # The thread has the old file open as soon as this process has two descriptors of it.
        while _open_files(path) < 2:
            time.sleep(0.001)
        path.unlink()
        path.write_bytes(b"")
        unlock(old)
        waiting.join()
    assert entered == [False]


def _open_files(path: Path) -> int:
    inode = path.stat().st_ino
    found = 0
    for number in range(256):
        with contextlib.suppress(OSError):
            found += os.fstat(number).st_ino == inode
    return found


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "gone")
    with pytest.raises(FileNotFoundError), ledger.section(0.0):
        pass
    with pytest.raises(FileNotFoundError):
        ledger.enter(RECORD)
    shutil.rmtree(tmp_path)
    with pytest.raises(FileNotFoundError):
        ledger.entries(reap=True)
