"""Which environment variables the programs of a repository may read.

Nobody reads a variable whose name stands nowhere; one that is made up from parts is not seen.
Shell scripts do not count: those that a check starts are read with it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

__all__ = ["Mentions"]

_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{2,}")
# Fields of a settings class, which libraries such as pydantic read in capital letters.
_FIELD = re.compile(rb"^[ \t]+([a-z_]\w*)[ \t]*:", re.MULTILINE)
_LANGUAGES = frozenset(
    {
        *(".py", ".pyi", ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue"),
        *(".svelte", ".rb", ".rake", ".go", ".rs", ".java", ".kt", ".kts", ".scala", ".groovy"),
        *(".gradle", ".cs", ".fs", ".php", ".ex", ".exs", ".swift", ".dart", ".c", ".cc", ".cpp"),
        *(".h", ".hpp", ".clj", ".pl", ".lua", ".toml", ".cfg", ".ini", ".properties"),
    }
)
_SKIPPED = frozenset(
    {".git", ".github", "node_modules", ".venv", "venv", "__pycache__", "dist", "target"}
)
# What is larger is data. More files than that take longer to read than the answer is worth.
_MOST_BYTES = 2**19
_MOST_FILES = 20_000


@dataclass(frozen=True)
class Mentions:
    """The names in all programs below ``root``; read when first asked for."""

    root: Path

    def __contains__(self, name: str) -> bool:
        """Whether a program may read it; yes where there are too many files to know."""
        return self._names is None or name.encode() in self._names

    @cached_property
    def _names(self) -> frozenset[bytes] | None:
        names: set[bytes] = set()
        count = 0
        for folder, below, files in os.walk(self.root):
            below[:] = [name for name in below if name not in _SKIPPED]
            programs = [name for name in files if PurePath(name).suffix in _LANGUAGES]
            count += len(programs)
            if count > _MOST_FILES:
                return None
            for name in programs:
                names.update(_names_in(Path(folder, name)))
        return frozenset(names)


def _names_in(file: Path) -> list[bytes]:
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > _MOST_BYTES:
            return []
        text = file.read_bytes()
    except OSError:
        return []
    fields = _FIELD.findall(text) if file.suffix == ".py" else []
    return [*_NAME.findall(text), *(name.upper() for name in fields)]
