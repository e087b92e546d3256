"""The child of a recipe's Python step: imports the named object and lets it make the schema.

Run as `python -m moonpool.databases.python_step module:object VARIABLE`; the URL is in the
environment, where it does not show in a list of processes.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import sys
from typing import Any

__all__ = ["main"]


def main(reference: str, variable: str) -> None:
    """Make the schema that ``reference`` describes in the database that the variable names."""
    url = os.environ[variable]
    found = _resolve(reference)
    found = getattr(found, "metadata", found)
    if hasattr(found, "create_all"):
        _create_all(found, url)
    else:
        _call(found, url)


def _resolve(reference: str) -> Any:
    module, _, path = reference.partition(":")
    found: Any = importlib.import_module(module)
    for name in filter(None, path.split(".")):
        found = getattr(found, name)
    return found


def _create_all(metadata: Any, url: str) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    from moonpool.databases.drivers import synchronous_url

    engine = create_engine(synchronous_url(url), poolclass=NullPool)
    metadata.create_all(engine)


def _call(function: Any, url: str) -> None:
    outcome = function(url) if inspect.signature(function).parameters else function()
    if inspect.isawaitable(outcome):
        asyncio.run(_awaited(outcome))


async def _awaited(outcome: Any) -> None:
    await outcome


if __name__ == "__main__":
    main(*sys.argv[1:])
