"""Starts PostgreSQL's programs as the right user, on the leash, with nothing of the user's env."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from moonpool.databases import leash
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping

    from moonpool.databases.account import Account
    from moonpool.databases.cluster import ClusterFolder

__all__ = ["bare_environment", "log_end", "spawn", "start_failed"]

_LOG_LINES = 5
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def spawn(
    command: list[str],
    folder: ClusterFolder,
    account: Account,
    environ: Mapping[str, str],
    end_signal: signal.Signals,
) -> subprocess.Popen[bytes]:
    """Start a program whose output goes to the folder's log and which ends with us."""
    # The kernel signals the child when the thread that forked it ends; only the main thread's end
    # means ours.
    tied = threading.current_thread() is threading.main_thread()
    user = [str(account.uid), str(account.gid)] if account.switched else ["-", "-"]
    arguments = [str(os.getpid()), *user, str(int(end_signal) if tied else 0)]
    with folder.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(leash.__file__), *arguments, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder.path,
            env=bare_environment(environ),
            # Ctrl-C in a terminal is for the tests, which still need the server to tidy up.
            start_new_session=True,
        )


def bare_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What programs need to load; no locale, no `PG…` of the user's, and none of the secrets."""
    kept = {name: environ[name] for name in _KEPT_VARIABLES if name in environ}
    # Without a zone initdb would compare hundreds of them with the system's.
    return {"PATH": os.defpath, **kept, "TZ": "UTC"}


def log_end(folder: ClusterFolder) -> str:
    """The last lines that the folder's programs wrote."""
    try:
        lines = folder.log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "; ".join(line.strip() for line in lines[-_LOG_LINES:] if line.strip())


def start_failed(found: str, log: str) -> MoonpoolError:
    """The error for a server that does not start."""
    return MoonpoolError(
        f"cannot start a PostgreSQL server: {found}" + (f": {log}" if log else ""),
        hint="mend what it says, or set the database URL to a server",
        slug="postgres-start",
        exit_code=ExitCode.DATABASE,
    )
