"""A MariaDB or MySQL server of the tests' own, from the programs that are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.databases.account import server_account
from moonpool.databases.mysql.connection import connect, quoted
from moonpool.databases.urls import parse_url

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MISSING",
    "SYSTEM",
    "MysqlServer",
    "has_mysql",
    "needs_mysql",
    "running_server",
]

_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/libexec")
_PATH = os.pathsep.join((os.environ.get("PATH", ""), *_FOLDERS))
_SERVER = shutil.which("mariadbd", path=_PATH) or shutil.which("mysqld", path=_PATH)
_INSTALL = shutil.which("mariadb-install-db", path=_PATH)
_READY_SECONDS = 60.0
SYSTEM = frozenset(("information_schema", "mysql", "performance_schema", "sys"))
# Nothing in it has to last, and it has to be small.
_SETTINGS = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=64M",
    "--sync-binlog=0",
    "--skip-name-resolve",
)

MISSING = "no programs of MariaDB or MySQL are installed"


def has_mysql() -> bool:
    """Whether this machine has the server's program."""
    return _SERVER is not None


needs_mysql = pytest.mark.skipif(not has_mysql(), reason=MISSING)


class MysqlServer:
    """A server that lets `root` in without a password, by socket and by loopback."""

    def __init__(self, folder: Path, settings: tuple[str, ...]) -> None:
        self.socket = folder / "s"
        self.port = _free_port()
        self._log = folder / "log"
        self._command = [
            str(_SERVER),
            "--no-defaults",
            f"--datadir={folder / 'data'}",
            f"--socket={self.socket}",
            f"--pid-file={folder / 'pid'}",
            f"--log-error={self._log}",
            "--bind-address=127.0.0.1",
            f"--port={self.port}",
            *_SETTINGS,
            *settings,
        ]
        self.start()

    def start(self) -> None:
        """Start it on the data that it left; done when it answers."""
        account = server_account()
        self._process = subprocess.Popen(
            self._command,
            user=account.uid,
            group=account.gid,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _await(self._process, self.port, self._log)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it without a chance to save anything."""
        self._process.kill()
        self._process.wait()

    def empty(self) -> None:
        """Drop every database but the server's own."""
        with closing(connect(parse_url(self.url("x"), origin="test"))) as session:
            rows = session.execute("SELECT schema_name FROM information_schema.schemata")
            for name in {str(name) for (name,) in rows} - SYSTEM:
                session.execute(f"DROP DATABASE {quoted(name)}")

    def url(self, name: str, scheme: str = "mysql+pymysql", user: str = "root") -> str:
        """The URL of a database on it."""
        return f"{scheme}://{user}@127.0.0.1:{self.port}/{name}"


@contextmanager
def running_server(*settings: str, base: str | None = None) -> Iterator[MysqlServer]:
    """Start a server in a folder of its own; both are gone afterwards."""
    if not has_mysql():
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="mp-my-", dir=base or _roomy()))
    account = server_account()
    os.chown(folder, account.uid, account.gid)
    try:
        _run(_installation(folder / "data"))
        server = MysqlServer(folder, settings)
        try:
            yield server
        finally:
            server.kill()
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
