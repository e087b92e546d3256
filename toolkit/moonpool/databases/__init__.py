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
from moonpool.databases.lifecycle import MarkedDatabase
from moonpool.databases.marks import Mark
from moonpool.databases.recipe import Recipe
from moonpool.databases.savepoint import rolled_back
from moonpool.databases.session import Databases, open_databases
from moonpool.databases.settings import DatabaseSettings
from moonpool.databases.shared import SharedServer, find_server, join_server
from moonpool.databases.sqlite import (
    CleanedFiles,
    FoundFile,
    TemplateFile,
    clean_files,
    list_files,
    list_template_files,
    split_urls,
)
from moonpool.databases.state import STATE_VARIABLE
from moonpool.databases.template_mark import Template
from moonpool.databases.worker import run_environment, worker_environment

__all__ = [
    "STATE_VARIABLE",
    "CleanedFiles",
    "CleanedServer",
    "Cleaner",
    "DatabaseSettings",
    "Databases",
    "FoundFile",
    "FoundServer",
    "Mark",
    "MarkedDatabase",
    "Recipe",
    "SharedServer",
    "Template",
    "TemplateFile",
    "clean_clusters",
    "clean_files",
    "clean_server",
    "dead_clusters",
    "find_server",
    "join_server",
    "list_files",
    "list_template_files",
    "open_databases",
    "rolled_back",
    "run_environment",
    "server_databases",
    "split_urls",
    "worker_cleaners",
    "worker_environment",
]
