"""A worker's own environment variables, folder and ports, and the fixture that holds them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from moonpool.environment import WorkerPlace, claim_namespace, expand, open_place
from moonpool.plugin.names import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.config import Places, Settings

__all__ = ["Surroundings", "claim_for_run", "surround"]


def claim_for_run(config: pytest.Config, places: Places, settings: Settings) -> None:
    """Claim the run's namespace, in the controller, and export it to the workers."""
    checkout = str(places.workspace_root or places.project_root)
    word, held = claim_namespace(places.project, checkout, wanted=settings.namespace)
    if held is not None:
        config.add_cleanup(held.close)
    os.environ[NAMESPACE] = word


def surround(config: pytest.Config, templates: Mapping[str, str], worker: str | None) -> None:
    """Set this process's variables before any conftest is imported; None is the only process."""
    place = open_place(worker, os.environ[NAMESPACE])
    config.add_cleanup(place.close)
    os.environ.update(expand(templates, place))
    config.pluginmanager.register(Surroundings(place))


class Surroundings:
    """Lets tests ask for what their worker has."""

    def __init__(self, place: WorkerPlace) -> None:
        self._place = place

    @pytest.fixture(scope="session")
    def moonpool_worker(self) -> WorkerPlace:
        """This worker's `worker`, `index`, `namespace` and `tmp`, and `port(NAME)`."""
        return self._place
