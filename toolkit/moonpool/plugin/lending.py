"""A jobserver for what the tests start, in runs whose project asks for one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING

from moonpool.plugin.sharing import as_member, open_own_pool
from moonpool.plugin.strain import Strain
from moonpool.pool.lending import Lending, can_lend

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from moonpool.config import Places, Settings
    from moonpool.plugin.forecast import Forecast
    from moonpool.plugin.sharing import Share

__all__ = ["jobserver_flags", "lend_slots"]

# A client that asks for more waits so long for each slot.
_STEP_SECONDS = 0.1

# The first one that understands a FIFO; those before end with an internal error.
_LEAST_MAKE = (4, 4)


def lend_slots(
    config: pytest.Config, places: Places, settings: Settings, forecast: Forecast, share: Share
) -> str | None:
    """Begin to lend, and tell the tests' children by MAKEFLAGS; return why not, or None."""
    if "jobserver" in os.environ.get("MAKEFLAGS", ""):
        return None
    pool = open_own_pool(settings, forecast)
    if reason := _obstacle() or pool.unusable:
        return f"no jobserver for the tests' own processes: {reason}"
    assert pool.folder is not None
    who = as_member(places)._replace(project=f"{places.project} (jobserver)")
    strain = Strain(share.read, share.reserve_bytes)
    lending = Lending(
        pool.join(who, floor=0), pool.folder, lambda: strain.look().hindrance(worker_bytes=0)
    )
    done = threading.Event()
    lender = threading.Thread(target=_lend, args=(lending, done), daemon=True)
    before = os.environ.get("MAKEFLAGS")

    def close() -> None:
        done.set()
        lender.join()
        lending.close()
        if before is None:
            del os.environ["MAKEFLAGS"]
        else:
            os.environ["MAKEFLAGS"] = before

    jobs = max(1, int(pool.capacity.cpus))
    os.environ["MAKEFLAGS"] = jobserver_flags(before or "", jobs, str(lending.path))
    config.add_cleanup(close)
    lender.start()
    return None


def jobserver_flags(flags: str, jobs: int, fifo: str) -> str:
    """Return MAKEFLAGS with a jobserver, in front of the variables that may stand in them."""
    options, separator, variables = f" {flags.strip()} ".partition(" -- ")
    return (
        f"{options.rstrip()} -j{jobs} --jobserver-auth=fifo:{fifo}{separator}{variables}".rstrip()
    )


def _lend(lending: Lending, done: threading.Event) -> None:
    while not done.wait(_STEP_SECONDS):
        lending.step()


def _obstacle(environ: Mapping[str, str] = os.environ) -> str | None:
    if not can_lend():
        return "this system has no FIFOs"
    make = shutil.which("make", path=environ.get("PATH"))
    if make is None:
        return None
    said = subprocess.run([make, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"GNU Make (\d+)\.(\d+)", said)
    if found is None:
        return "`make` is not GNU make, and what it does with one is not known"
    if (int(found[1]), int(found[2])) < _LEAST_MAKE:
        return (
            f"`make` is {found[1]}.{found[2]}, which fails where it finds one; 4.4 understands it"
        )
    return None
