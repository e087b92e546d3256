"""A name for machines that are as fast as one another, so that seconds can be compared."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["machine_class"]

# x86 names its model; ARM tells implementer and part, which are as good.
_FIELDS = ("model name", "CPU implementer", "CPU part")
# The first CPU's lines: for the whole file the kernel asks every CPU for its frequency.
_ENOUGH_BYTES = 2048


def machine_class(*, root: Path = Path("/"), architecture: str | None = None) -> str:
    """Return the architecture and, where the system tells it, the model of the CPUs."""
    found: dict[str, str] = {}
    for name, colon, value in (line.partition(":") for line in _first_lines(root)):
        if colon:
            found.setdefault(name.strip(), " ".join(value.split()))
    known = [found[name] for name in _FIELDS if found.get(name)]
    return " ".join([architecture or _architecture(), *known])


def _architecture() -> str:
    if sys.platform == "win32":
        return os.environ.get("PROCESSOR_ARCHITECTURE", "windows")
    return os.uname().machine


def _first_lines(root: Path) -> list[str]:
    try:
        with (root / "proc/cpuinfo").open("rb", buffering=0) as stream:
            return stream.read(_ENOUGH_BYTES).decode("utf-8", "replace").split("\n")
    except OSError:
        return []
