"""pytest-xdist's ways of distributing tests that our scheduler takes over."""

from __future__ import annotations

__all__ = ["JOINABLE", "OURS", "SPLITTING", "WHOLE_FILES"]

WHOLE_FILES = "loadfile"

OURS = (WHOLE_FILES, "loadscope", "loadgroup", "load")

# Those that allow the tests of a file to run on several workers.
SPLITTING = ("load", "loadgroup")

# Those with which a run may take workers late: groups are known to workers alone.
JOINABLE = (WHOLE_FILES, "loadscope", "load")
