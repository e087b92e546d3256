"""A MariaDB or MySQL server of the tests' own, from the programs that are installed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.account import server_account

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MysqlServer", "needs_mysql", "running_server"]

_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/libexec")
_PATH = os.pathsep.join((os.environ.get("PATH", ""), *_FOLDERS))
_SERVER = shutil.which("mariadbd", path=_PATH) or shutil.which("mysqld", path=_PATH)
_INSTALL = shutil.which("mariadb-install-db", path=_PATH)
_READY_SECONDS = 60.0
# Nothing in it has to last, and it has to be small.
_SETTINGS = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=64M",
    "--sync-binlog=0",
    "--skip-name-resolve",
)

needs_mysql = pytest.mark.skipif(
    _SERVER is None, reason="no programs of MariaDB or MySQL are installed"
)


@dataclass(frozen=True)
class MysqlServer:
    """A running server that lets `root` in without a password, by socket and by loopback."""

    socket: Path
    port: int

    def url(self, name: str, scheme: str = "mysql+pymysql", user: str = "root") -> str:
        """The URL of a database on it."""
        return f"{scheme}://{user}@127.0.0.1:{self.port}/{name}"


@contextmanager
def running_server(*settings: str) -> Iterator[MysqlServer]:
    """Start a server in a folder of its own; both are gone afterwards."""
    if _SERVER is None:
        pytest.skip("no programs of MariaDB or MySQL are installed")
    folder = Path(tempfile.mkdtemp(prefix="mp-my-", dir=_roomy()))
    account = server_account()
    os.chown(folder, account.uid, account.gid)
    data, place, port = folder / "data", folder / "s", _free_port()
    try:
        _run(_installation(data))
        process = subprocess.Popen(
            [
                _SERVER,
                "--no-defaults",
                f"--datadir={data}",
                f"--socket={place}",
                f"--pid-file={folder / 'pid'}",
                f"--log-error={folder / 'log'}",
                "--bind-address=127.0.0.1",
                f"--port={port}",
                *_SETTINGS,
                *settings,
            ],
            user=account.uid,
            group=account.gid,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _await(process, port, folder / "log")
            yield MysqlServer(place, port)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _roomy() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _installation(data: Path) -> list[str]:
    if _INSTALL is None:
        return [str(_SERVER), "--no-defaults", "--initialize-insecure", f"--datadir={data}"]
    normal = "--auth-root-authentication-method=normal"
    return [_INSTALL, "--no-defaults", f"--datadir={data}", normal, "--skip-test-db"]


def _run(command: list[str]) -> None:
    account = server_account()
    done = subprocess.run(
        command,
        user=account.uid,
        group=account.gid,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
