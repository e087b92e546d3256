from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.machine import CpuLimit, Machine, MemoryLimit
from moonpool.pool.place import find_folder, pool_key, prepare_folder
from tests.support.project import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = 65534


def _may_be_others() -> bool:
    if shutil.which("setpriv") is None or not hasattr(os, "geteuid") or os.geteuid():
        return False
    as_nobody = ["setpriv", f"--reuid={NOBODY}", "--clear-groups", "true"]
    return subprocess.run(as_nobody, check=False).returncode == 0


needs_other_users = pytest.mark.skipif(
    not _may_be_others(), reason="only root may act as another user"
)
needs_users = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners of files here")


def _machine(cpu_key: str, memory_key: str) -> Machine:
    cpus = (CpuLimit("cgroup quota", 2.0, "cpu.max", cpu_key),)
    memory = (MemoryLimit("cgroup limit", 2**30, "memory.max", memory_key),)
    return Machine(cpus, memory, None, None, None, None, None, ())


def _root(tmp_path: Path, boot: str) -> Path:
    root = tmp_path / boot
    (root / "proc/sys/kernel/random").mkdir(parents=True)
    (root / "proc/sys/kernel/random/boot_id").write_text(boot + "\n")
    return root


def test_those_who_share_cpus_and_memory_of_one_boot_share_a_key(tmp_path: Path) -> None:
    first, second = _root(tmp_path, "first"), _root(tmp_path, "second")
    key = pool_key(_machine("a", "b"), root=first)
    assert key == pool_key(_machine("a", "b"), root=first)
    others = {
        pool_key(_machine("x", "b"), root=first),
        pool_key(_machine("a", "x"), root=first),
        pool_key(_machine("a", "b"), root=second),
        pool_key(_machine("a", "b"), root=tmp_path / "no boot id"),
    }
    assert len(others | {key}) == 5


def test_the_runtime_folder_is_preferred(tmp_path: Path) -> None:
    folder, reason = find_folder("k", {"XDG_RUNTIME_DIR": str(tmp_path)}, temporary=tmp_path / "t")
    assert (folder, reason) == (tmp_path / "moonpool/k", None)


@needs_users
def test_a_private_folder_in_the_temporary_one_is_next(tmp_path: Path) -> None:
    environ = {"XDG_RUNTIME_DIR": str(tmp_path / "absent")}
    folder, reason = find_folder("k", environ, temporary=tmp_path)
    assert (folder, reason) == (tmp_path / f"moonpool-{os.geteuid()}/k", None)
    assert folder is not None
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)] == [0o700] * 2


def test_the_named_folder_is_the_only_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environ = {"MOONPOOL_POOL_DIR": str(tmp_path / "file"), "XDG_RUNTIME_DIR": str(tmp_path)}
    reason = f"`{tmp_path / 'file'}` is not a directory"
    assert find_folder("k", environ) == (None, reason)


def test_a_relative_name_means_the_same_folder_wherever_one_goes_later(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom moonpool.pool.place import find_folder\n"
        "print(find_folder('k', {'MOONPOOL_POOL_DIR': 'here'})[0])"
    )
    found = subprocess.check_output([sys.executable, "-c", code], cwd=tmp_path, text=True)
    assert found.strip() == str(tmp_path / "here/k")


@needs_users
def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / f"moonpool-{os.geteuid()}"
    link.symlink_to(tmp_path / "real")
    environ = {"XDG_RUNTIME_DIR": str(tmp_path / "absent")}
    found = find_folder("k", environ, temporary=tmp_path)
    assert found == (None, f"`{link}` is a symbolic link")
    link.unlink()
    link.symlink_to(tmp_path / "nowhere")
    assert find_folder("k", environ, temporary=tmp_path) == found
    assert not (tmp_path / "nowhere").exists()


@needs_users
def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    assert prepare_folder(folder / "k") == f"others may write to `{folder}`"
    assert not (folder / "k").exists()


@needs_other_users
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / f"moonpool-{os.geteuid()}"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    environ = {"XDG_RUNTIME_DIR": str(tmp_path / "absent")}
    found = find_folder("k", environ, temporary=tmp_path)
    assert found == (None, f"`{folder}` belongs to user {NOBODY}, not to {os.geteuid()}")


@needs_other_users
def test_a_runtime_folder_of_another_user_is_passed_over(tmp_path: Path) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    os.chown(runtime, NOBODY, NOBODY)
    folder, _ = find_folder("k", {"XDG_RUNTIME_DIR": str(runtime)}, temporary=tmp_path)
    assert folder == tmp_path / f"moonpool-{os.geteuid()}/k"
    assert not (runtime / "moonpool").exists()


@needs_other_users
def test_two_users_have_two_pools(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o011)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    environ = {"XDG_RUNTIME_DIR": str(tmp_path / "absent")}
    code = (
        "import sys, pathlib\nfrom moonpool.pool.place import find_folder\n"
        f"print(*find_folder('k', {environ!r}, temporary=pathlib.Path(sys.argv[1])))"
    )
    mine, reason = find_folder("k", environ, temporary=shared)
    command = [sys.executable, "-B", "-c", code, str(shared)]
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    done = subprocess.run(
        as_nobody, env=clean_environment(), capture_output=True, text=True, cwd="/", check=False
    )
    if done.returncode:
        pytest.skip(f"another user cannot run this Python: {done.stderr[-200:]}")
    assert (mine, reason) == (shared / f"moonpool-{os.geteuid()}/k", None)
    assert done.stdout.strip() == f"{shared / f'moonpool-{NOBODY}/k'} None"


@needs_other_users
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    # The kernel's own folders refuse even root.
    found, reason = find_folder("k", {"MOONPOOL_POOL_DIR": "/proc/moonpool"})
    assert (found, reason) == (None, "`/proc/moonpool` cannot be made (no such file or directory)")


def test_a_file_system_without_locks_is_told(tmp_path: Path) -> None:
    environ = {"MOONPOOL_POOL_DIR": str(tmp_path)}
    found, reason = find_folder("k", environ, probe=lambda _: False)
    expected = f"the file system of `{tmp_path / 'k'}` has no working locks"
    assert (found, reason) == (None, expected)
