"""Sizes in bytes, times in seconds and counts, read from and written for people."""

from __future__ import annotations

import re

__all__ = ["format_bytes", "format_count", "format_seconds", "parse_bytes", "parse_seconds"]

# IEC 80000-13 binary prefixes; a bare K, M, G or T is read as binary, as container tools do.
_BYTES_PER_UNIT = {
    "": 1,
    "b": 1,
    "k": 2**10,
    "m": 2**20,
    "g": 2**30,
    "t": 2**40,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
_SECONDS_PER_UNIT = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_QUANTITY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*")


def parse_bytes(text: str) -> int:
    """Return the bytes that a size such as ``512MiB`` or ``2G`` means.

    Raises ValueError when the text is not a number with an optional unit.
    """
    return int(_parse(text, _BYTES_PER_UNIT, "512MiB or 2GiB"))


def parse_seconds(text: str) -> float:
    """Return the seconds that a time such as ``90s``, ``5m`` or ``250ms`` means.

    Raises ValueError when the text is not a number with an optional unit.
    """
    return _parse(text, _SECONDS_PER_UNIT, "90s or 5m")


def _parse(text: str, per_unit: dict[str, int] | dict[str, float], examples: str) -> float:
    match = _QUANTITY.fullmatch(text)
    factor = per_unit.get(match[2].lower()) if match else None
    if match is None or factor is None:
        raise ValueError(f"found `{text}`, expected a quantity such as {examples}")
    return float(match[1]) * factor


def format_bytes(count: int) -> str:
    """Return a size with the largest binary prefix that keeps it at 1 or above."""
    size = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(size) < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def format_seconds(seconds: float) -> str:
    """Return a duration as people say it: ``85 ms``, ``3.2 s``, ``2 min 5 s``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def format_count(count: float, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is exactly one."""
    return f"{count:g} {noun}" if count == 1 else f"{count:g} {noun}s"
