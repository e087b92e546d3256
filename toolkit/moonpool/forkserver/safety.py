"""Whether a copy of this process, at this moment, is as good as a new one.

A fork copies one thread and shares every open file with its lock, so there must be no other thread
and no file that somebody here opened. What was imported stays imported: with code of the project
among it, a worker would not import that code in its own environment any more.
"""

from __future__ import annotations

import os
import signal
import site
import socket
import sys
import sysconfig
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import moonpool

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["hindrance"]

_NEEDED = ((os, "pidfd_open"), (signal, "pidfd_send_signal"), (socket, "send_fds"))


def hindrance(own_files: Collection[int] = (), *, measured: bool = False) -> str | None:
    """Return why processes must not be forked from a copy of this one; None if they may.

    ``own_files`` are descriptors that the copy will close; with ``measured`` the copy ends a
    measurement of coverage that runs here.
    """
    return (
        _missing()
        or _streams()
        or _threads()
        or _tracing(measured)
        or next(_foreign_files(own_files), None)
        or next(_foreign_modules(), None)
    )


def _missing() -> str | None:
    # Elsewhere a fork without exec is unsafe (macOS), or there is none (Windows).
    if sys.platform != "linux":
        return f"{sys.platform} has no safe fork"
    missing = [name for module, name in _NEEDED if not hasattr(module, name)]
    if missing:
        return f"this Python has no {missing[0]}"
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError as error:
        return f"this kernel has no pidfd_open ({error.strerror})"
    return None


def _streams() -> str | None:
    try:
        for number in range(3):
            os.fstat(number)
    except OSError:
        return "a standard stream is closed"
    return None


def _threads() -> str | None:
    if threading.current_thread() is not threading.main_thread():
        return "pytest does not run in the main thread"
    # Those of libraries in C count too, which Python's own number does not tell.
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        return "a plugin has started a thread"
    return None


def _tracing(measured: bool) -> str | None:
    if "COVERAGE_RUN" in os.environ:
        return "`coverage run` measures this process"
    if sys.getprofile() is not None:
        return "a profiler runs"
    if measured:
        return None
    monitoring = getattr(sys, "monitoring", None)
    tools = monitoring and any(monitoring.get_tool(number) for number in range(6))
    return "a debugger or another tracer runs" if tools or sys.gettrace() is not None else None


def _foreign_files(own: Collection[int]) -> Iterator[str]:
    for entry in Path("/proc/self/fd").iterdir():
        descriptor = int(entry.name)
        if descriptor <= 2 or descriptor in own:
            continue
        try:
            # Python opens none that survives an exec; those that do were there when it began.
            if not os.get_inheritable(descriptor):
                yield f"a plugin holds `{entry.readlink()}` open"
        except OSError:
            continue  # It was that of this very listing.


def _foreign_modules() -> Iterator[str]:
    installed = tuple(_installed_folders())
    # It is replaced; `multiprocessing` gives it a second name.
    program = sys.modules.get("__main__")
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if module is program or not isinstance(path, str):
            continue
        if not path.startswith(installed):
            yield f"{name} is imported already, which is no installed package"


def _installed_folders() -> Iterator[str]:
    paths = sysconfig.get_paths()
    folders = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {*site.getsitepackages(), site.getusersitepackages()}
    folders.add(str(Path(moonpool.__file__).parent))
    yield from (f"{folder}{os.sep}" for folder in folders)
