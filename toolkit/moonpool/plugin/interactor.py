"""pytest-xdist's plugin in a worker, through which the worker speaks to its controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

__all__ = ["find_interactor"]


def find_interactor(config: pytest.Config, used: Iterable[str]) -> Any:
    """Return the `WorkerInteractor`, or None where it lacks one of the names in ``used``."""
    # It is registered without a name, and is of a module that cannot be imported.
    for plugin in config.pluginmanager.get_plugins():
        if type(plugin).__name__ == "WorkerInteractor" and all(hasattr(plugin, a) for a in used):
            return plugin
    return None
