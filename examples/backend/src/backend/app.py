"""The application: all routers, and errors as problems."""

from fastapi import FastAPI

from backend.api import accounts, audit, budgets, entries, health, imports, periods, rates, reports
from backend.problems import install_problem_handlers

__all__ = ["app", "create_app"]

_ROUTERS = (accounts, audit, budgets, entries, health, imports, periods, rates, reports)


def create_app() -> FastAPI:
    """Return a new application."""
    created = FastAPI(title="Ledger", version="0.1.0")
    for module in _ROUTERS:
        created.include_router(module.router)
    install_problem_handlers(created)
    return created


app = create_app()
