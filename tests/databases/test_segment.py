"""What a killed server leaves in the kernel goes with its folder, and nothing of another's."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.cluster import remove_leftovers
from moonpool.databases.segment import forget_segment
from moonpool.databases.server import start_server
from moonpool.databases.urls import parse_url
from tests.databases.drivers import start_starter

if TYPE_CHECKING:
    from moonpool.databases.server import Server

_TABLE = Path("/proc/sysvipc/shm")

pytestmark = pytest.mark.skipif(not _TABLE.exists(), reason="no table of segments to look at")


def _made_by(pid: int) -> list[str]:
    rows = (line.split() for line in _TABLE.read_text().splitlines()[1:])
    return [row[1] for row in rows if row[4] == str(pid)]


@pytest.mark.usefixtures("has_postgres")
def test_the_segment_of_a_killed_server_goes_with_its_folder(place: Path) -> None:
    server = start_server(parse_url("postgresql:///app_test", origin="it"), bases=[place])
    assert len(_made_by(server.process.pid)) == 1
    server.process.kill()
    server.process.wait()
    assert len(_made_by(server.process.pid)) == 1

    server.stop()

    assert _made_by(server.process.pid) == []


@pytest.mark.usefixtures("has_postgres")
def test_so_does_one_that_the_next_start_finds(place: Path) -> None:
    starter, folder = start_starter(place, "main")
    pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    starter.kill()
    starter.communicate()
    assert len(_made_by(pid)) == 1

    assert remove_leftovers(uids={folder.stat().st_uid}, bases=[place]) == [folder]

    assert _made_by(pid) == []


def test_a_segment_that_another_process_made_stays(server: Server, tmp_path: Path) -> None:
    pid, *lines = (server.folder.data / "postmaster.pid").read_text().splitlines()
    (tmp_path / "postmaster.pid").write_text("\n".join([str(int(pid) + 1), *lines]))

    assert not forget_segment(tmp_path)

    assert len(_made_by(server.process.pid)) == 1
