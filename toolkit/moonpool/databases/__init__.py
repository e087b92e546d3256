"""One database per worker: names, their life on a server, and a server when there is none."""

from __future__ import annotations

from moonpool.databases.cleaner import Cleaner
from moonpool.databases.cleaners import worker_cleaners
from moonpool.databases.leftovers import (
    CleanedServer,
    FoundServer,
    clean_clusters,
    clean_server,
    dead_clusters,
    server_databases,
)
from moonpool.databases.marks import Mark
from moonpool.databases.postgres import MarkedDatabase
from moonpool.databases.recipe import Recipe
from moonpool.databases.savepoint import rolled_back
from moonpool.databases.session import Databases, open_databases
from moonpool.databases.settings import DatabaseSettings
from moonpool.databases.shared import SharedServer, find_server, join_server
from moonpool.databases.state import STATE_VARIABLE
from moonpool.databases.template import Template
from moonpool.databases.worker import run_environment, worker_environment

__all__ = [
    "STATE_VARIABLE",
    "CleanedServer",
    "Cleaner",
    "DatabaseSettings",
    "Databases",
    "FoundServer",
    "Mark",
    "MarkedDatabase",
    "Recipe",
    "SharedServer",
    "Template",
    "clean_clusters",
    "clean_server",
    "dead_clusters",
    "find_server",
    "join_server",
    "open_databases",
    "rolled_back",
    "run_environment",
    "server_databases",
    "worker_cleaners",
    "worker_environment",
]
