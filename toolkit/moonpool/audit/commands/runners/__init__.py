"""Task runners: each module knows one, and says which scripts a command of it stands for."""

from moonpool.audit.commands.runners import make, npm, python_tools, script
from moonpool.audit.commands.runners.task import Files, Runner, Task

__all__ = ["RUNNERS", "Files", "Runner", "Task"]

RUNNERS: tuple[Runner, ...] = (
    npm.expand,
    make.expand_make,
    make.expand_just,
    python_tools.expand_tox,
    python_tools.expand_nox,
    python_tools.expand_project,
    script.expand,
)
