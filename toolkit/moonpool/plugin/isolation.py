"""A worker's own databases, from the project's settings to the environment of this process."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from moonpool.config import find_places, read_settings
from moonpool.errors import MoonpoolError
from moonpool.plugin import process
from moonpool.plugin.names import NAMESPACE, PREPARED
from moonpool.plugin.refusal import RefusedError

if TYPE_CHECKING:
    from moonpool.config import Places
    from moonpool.config.databases import DatabaseKeys, TemplateKeys
    from moonpool.databases import Databases, DatabaseSettings, Recipe

__all__ = ["isolate", "open_for_run"]

# The name under which pytest-django is registered. It makes `test_<name>_gw0` from the name in
# Django's settings, cleans it after each test, and drops it.
_DJANGO = "django"
_DJANGO_SETTINGS = "DJANGO_SETTINGS_MODULE"


def isolate(config: pytest.Config, worker: str | None) -> None:
    """Make this process's databases, rewrite its environment, and clean up after its tests.

    None is the worker of the only process.

    Raises RefusedError when one of them cannot be had, pytest.UsageError in the only process.
    """
    began = time.perf_counter()
    _isolate(config, worker)
    process.preparation["isolation_seconds"] = round(time.perf_counter() - began, 4)


def _isolate(config: pytest.Config, worker: str | None) -> None:
    places = find_places(config.rootpath, os.environ)
    try:
        settings = read_settings(places, os.environ)
        keys = settings.databases
        # The only process has its own since its namespace was claimed.
        if worker is not None and settings.worker_env is not None and NAMESPACE in os.environ:
            from moonpool.plugin.surroundings import surround

            surround(config, settings.worker_env, worker)
            os.environ[PREPARED] = worker or "main"
        if keys is not None:
            _isolate_databases(config, _settings(keys, places), worker)
    except MoonpoolError as error:
        kind = pytest.UsageError if worker is None else RefusedError
        raise kind(str(error)) from None


def _isolate_databases(
    config: pytest.Config, settings: DatabaseSettings, worker: str | None
) -> None:
    from moonpool.databases import run_environment, worker_environment
    from moonpool.plugin.cleaning import clean_databases

    os.environ[PREPARED] = worker or "main"
    if _is_djangos(config):
        os.environ.update(run_environment(settings, environ=os.environ))
        return
    os.environ.update(worker_environment(settings, environ=os.environ, worker=worker))
    config.pluginmanager.register(clean_databases(config, settings))


def _is_djangos(config: pytest.Config) -> bool:
    """Whether pytest-django runs this suite; where many projects share an environment it is there
    for each of them, and does nothing for those without settings of Django's.
    """
    if not config.pluginmanager.hasplugin(_DJANGO):
        return False
    option = getattr(config.known_args_namespace, "ds", None)
    return bool(option or os.environ.get(_DJANGO_SETTINGS) or config.getini(_DJANGO_SETTINGS))


def open_for_run(
    config: pytest.Config, keys: DatabaseKeys, places: Places, run_id: str, namespace: str | None
) -> Databases:
    """Open the run's databases and export what its workers need.

    Raises MoonpoolError when no server answers or none can be started.
    """
    from moonpool.databases import open_databases

    settings = _settings(keys, places)
    databases = open_databases(
        replace(settings, framework=_is_djangos(config)),
        environ=os.environ,
        project=places.project,
        checkout=places.workspace_root or places.project_root,
        run_id=run_id,
        namespace=namespace,
        kept=places.databases_folder,
    )
    os.environ.update(databases.environment)
    return databases


def _settings(keys: DatabaseKeys, places: Places) -> DatabaseSettings:
    from moonpool.databases import DatabaseSettings

    return DatabaseSettings(
        urls=keys.urls,
        default=keys.default,
        confirmed=keys.confirmed,
        recipe=None if keys.template is None else _recipe(keys.template, places),
        clean=keys.clean,
    )


def _recipe(keys: TemplateKeys, places: Places) -> Recipe:
    from moonpool.databases import Recipe

    return Recipe(
        folder=places.project_root,
        command=keys.command,
        python=keys.python,
        sql=keys.sql,
        files=keys.files,
        whole=places.workspace_root,
    )
