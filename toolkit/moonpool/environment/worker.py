"""One worker's own values: its number, its folder, its ports."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from moonpool.environment.ports import reserve_port
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from moonpool.environment.claims import Claim

__all__ = ["WorkerPlace", "open_place"]

# A process that runs all tests by itself.
_ALONE = "main"


@dataclass(frozen=True)
class WorkerPlace:
    """What belongs to one worker alone until `close`."""

    worker: str
    """pytest-xdist's id, such as ``gw0``; ``main`` in a run of one process."""
    index: int
    """The id's number; 0 in a run of one process."""
    namespace: str
    """What this run's things are told apart by from those of other runs."""
    tmp: Path
    """A folder that was empty when the worker began."""
    _ports: dict[str, tuple[int, Claim]] = field(default_factory=dict, repr=False)

    def port(self, name: str = "") -> int:
        """A port that no other worker of this machine is given; the same for the same name."""
        if name not in self._ports:
            self._ports[name] = reserve_port(f"{self.namespace} {self.worker} {name}")
        return self._ports[name][0]

    def close(self) -> None:
        """Give the ports back and remove the folder."""
        for _, held in self._ports.values():
            held.close()
        self._ports.clear()
        shutil.rmtree(self.tmp, ignore_errors=True)


def open_place(worker: str | None, namespace: str) -> WorkerPlace:
    """The place of a worker, None for the only process; raises MoonpoolError without a folder."""
    name = worker or _ALONE
    digits = re.search(r"\d+$", name)
    tmp = _own_root() / namespace / name
    # A killed worker of an earlier run left its files; no live run has this namespace.
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True, mode=0o700)
    return WorkerPlace(name, int(digits[0]) if digits else 0, namespace, tmp)


def _own_root() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else 0
    root = Path(tempfile.gettempdir(), f"moonpool-workers-{user}")
    root.mkdir(mode=0o700, exist_ok=True)
    if root.is_symlink() or (hasattr(os, "getuid") and root.stat().st_uid != user):
        raise MoonpoolError(
            f"the folder `{root}` belongs to somebody else",
            hint="set TMPDIR to a folder of your own",
            slug="worker-folder",
        )
    return root
