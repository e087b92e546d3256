"""A copy of another process becomes what `python -c` would be, with modules imported already."""

from __future__ import annotations

import atexit
import gc
import io
import os
import posix  # Its own `_exit`, in whose place a measurement may have put another.
import sys
import threading
import traceback
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["become_interpreter"]

# What execnet gives to an interpreter: the rest comes as a literal in the first line.
_PROGRAM = "import sys;exec(eval(sys.stdin.readline()))"


def become_interpreter(
    environ: Mapping[str, str], folder: str, streams: tuple[int, int, int]
) -> NoReturn:
    """Run the program that comes with standard input, then end as an interpreter does."""
    status = 1
    try:
        _take(streams)
        os.environ.clear()
        os.environ.update(environ)
        os.chdir(folder)
        sys.argv = ["-c"]
        main = ModuleType("__main__")
        sys.modules["__main__"] = sys.modules["__mp_main__"] = main
        status = _run(main)
    finally:
        posix._exit(status)


def _take(streams: tuple[int, int, int]) -> None:
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = _writer(1, "strict")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _writer(2, "backslashreplace")  # type: ignore[misc]


def _writer(descriptor: int, errors: str) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w", closefd=False)
    # As after `python -u`, which is how execnet calls it.
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", errors, write_through=True)


def _run(main: ModuleType) -> int:
    status = 0
    try:
        exec(_PROGRAM, vars(main))  # noqa: S102 (that is what an interpreter does)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    # In the order of the interpreter's own end.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    _flush_files()
    return status


def _flush_files() -> None:
    """Write what is left in the buffers of files that nobody closed."""
    for found in gc.get_objects():
        # Not `isinstance`, which asks objects that pretend to be of another class.
        if issubclass(type(found), io.TextIOWrapper | io.BufferedWriter):
            try:
                found.flush()
            except (OSError, ValueError):
                continue
