"""What the controller tells its workers, as one environment variable without any credentials.

Names are absolute, so a worker that reads it twice, or a child of a worker, derives the same.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from moonpool.databases.marks import Mark
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STATE_VARIABLE", "Family", "RunState", "parse_state", "render_state"]

STATE_VARIABLE = "MOONPOOL_DATABASES"
_VERSION = 2


@dataclass(frozen=True)
class Family:
    """The databases of one variable in one run: the user's name and the namespace in use."""

    base: str
    """The name on a server; for SQLite the path as the URL spells it."""
    namespace: str | None
    template: str | None = None
    """The database that this run's databases are clones of; for SQLite the path of a file."""
    claim: str | None = None
    """Where the claim on a SQLite file's names lies; None when its folder cannot be written."""


@dataclass(frozen=True)
class RunState:
    """One run's mark, and the databases that each variable stands for."""

    mark: Mark
    families: dict[str, Family]


def render_state(state: RunState) -> str:
    """The text for the environment."""
    return json.dumps({"version": _VERSION, **asdict(state)})


def parse_state(environ: Mapping[str, str]) -> RunState:
    """Read what the controller exported.

    Raises MoonpoolError when there is nothing, or nothing that this version understands.
    """
    try:
        content = json.loads(environ[STATE_VARIABLE])
        if content["version"] != _VERSION:
            raise ValueError(content["version"])
        families = {name: Family(**family) for name, family in content["families"].items()}
        return RunState(Mark(**content["mark"]), families)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise MoonpoolError(
            f"no run has opened its databases: `{STATE_VARIABLE}` is missing or of another version",
            hint="start the workers from a pytest in which the moonpool plugin is active",
            slug="databases-not-open",
            exit_code=ExitCode.DATABASE,
        ) from None
