"""Makes a server's data directory: a copy of one made earlier where there is one, else `initdb`.

The copy that is kept belongs to us and holds an empty server only; what made it is in its name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.databases.spawning import log_end, spawn, start_failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.databases.account import Account
    from moonpool.databases.cluster import ClusterFolder

__all__ = ["initialise"]

_INITDB_SECONDS = 120.0
# libc has C.UTF-8 on Debian, Red Hat and Alpine; elsewhere plain C sorts the same way.
_LOCALES = ("C.UTF-8", "C")
_KEY_LETTERS = 16


def initialise(
    folder: ClusterFolder,
    account: Account,
    binaries: Path,
    user: str,
    environ: Mapping[str, str],
) -> None:
    """Fill ``folder.data`` for a server whose superuser is ``user``.

    Raises MoonpoolError when `initdb` fails.
    """
    kept = _kept(binaries, user, environ)
    if kept is not None and _is_ours(kept) and _copied(kept, folder.data, account):
        return
    _run_initdb(folder, account, binaries, user, environ)
    if kept is not None:
        _keep(folder.data, kept)


def _run_initdb(
    folder: ClusterFolder, account: Account, binaries: Path, user: str, environ: Mapping[str, str]
) -> None:
    for locale in _LOCALES:
        command = [str(binaries / "initdb"), "-D", str(folder.data), "-U", user, "-A", "trust"]
        command += ["--encoding=UTF8", f"--locale={locale}", "--lc-messages=C", "--no-sync"]
        folder.log.unlink(missing_ok=True)
        code = _finish(spawn(command, folder, account, environ, signal.SIGTERM), folder)
        if code == 0:
            return
    raise start_failed(f"`initdb` ended with code {code}", log_end(folder))


def _finish(process: subprocess.Popen[bytes], folder: ClusterFolder) -> int:
    try:
        return process.wait(_INITDB_SECONDS)
    except subprocess.TimeoutExpired:
        raise start_failed(
            f"`initdb` took longer than {_INITDB_SECONDS:.0f} s", log_end(folder)
        ) from None
    finally:
        process.kill()
        process.wait()


def _kept(binaries: Path, user: str, environ: Mapping[str, str]) -> Path | None:
    """Where the copy for these programs lies; None where there is no home for caches."""
    home = environ.get("XDG_CACHE_HOME") or (
        f"{environ['HOME']}/.cache" if environ.get("HOME") else None
    )
    if home is None or not Path(home).is_absolute():
        return None
    program = binaries / "initdb"
    facts = f"{program.resolve()}\0{program.stat().st_mtime_ns}\0{user}\0{_LOCALES}"
    key = hashlib.sha256(facts.encode()).hexdigest()[:_KEY_LETTERS]
    return Path(home, "moonpool", f"postgres-{key}")


def _is_ours(kept: Path) -> bool:
    try:
        found = kept.lstat()
    except OSError:
        return False
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _copied(kept: Path, data: Path, account: Account) -> bool:
    try:
        shutil.copytree(kept, data)
        data.chmod(0o700)
        if account.switched:
            for path in (data, *data.rglob("*")):
                os.chown(path, account.uid, account.gid)
    except OSError:
        shutil.rmtree(data, ignore_errors=True)
        return False
    return True


def _keep(data: Path, kept: Path) -> None:
    with contextlib.suppress(OSError):
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=kept.parent, prefix=".aside-"))
        try:
            shutil.copytree(data, aside, dirs_exist_ok=True)
            aside.chmod(0o700)
            aside.rename(kept)
        except OSError:
            shutil.rmtree(aside, ignore_errors=True)
