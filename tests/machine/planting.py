"""Plants a machine's /proc and /sys below a folder: from a recording in trees/, or file by file.

A recording is text: lines with `#` say what it mirrors, `=== /path` opens a file, and a path that
ends in a slash is a folder, which nobody can read as a file, not even root.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORDINGS = Path(__file__).with_name("trees")

CGROUP_V2_MOUNT = (
    "30 22 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9"
    " - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n"
)


def recording_names() -> list[str]:
    """Return every recorded machine."""
    return sorted(path.stem for path in RECORDINGS.glob("*.txt"))


def plant_recording(name: str, root: Path) -> Path:
    """Write a recorded machine below ``root`` and return ``root``."""
    files: dict[str, str] = {}
    path = ""
    for line in (RECORDINGS / f"{name}.txt").read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("=== "):
            path = line[4:].rstrip("\n")
            files[path] = ""
        elif path:
            files[path] += line
    # The blank line before the next heading belongs to the recording, not to the file.
    return plant({path: text.removesuffix("\n\n") + "\n" for path, text in files.items()}, root)


def plant(files: Mapping[str, str], root: Path) -> Path:
    """Write files below ``root`` by their absolute paths and return ``root``."""
    for path, text in files.items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith("/"):
            place.mkdir()
        else:
            place.write_text(text, encoding="utf-8")
    return root
