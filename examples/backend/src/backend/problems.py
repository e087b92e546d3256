"""Errors as answers: one JSON shape (RFC 9457) for everything that goes wrong."""

from typing import Any

from core import CoreError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from statements import StatementError

from backend.errors import LedgerError

__all__ = ["install_problem_handlers"]


def install_problem_handlers(app: FastAPI) -> None:
    """Make the app answer every known error with a problem."""
    app.add_exception_handler(LedgerError, _ledger_problem)
    app.add_exception_handler(CoreError, _value_problem)
    app.add_exception_handler(StatementError, _value_problem)
    app.add_exception_handler(RequestValidationError, _validation_problem)


def _problem(status: int, slug: str, detail: str, **more: Any) -> JSONResponse:
    content = {"type": slug, "status": status, "detail": detail, **more}
    return JSONResponse(content, status, media_type="application/problem+json")


def _ledger_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, LedgerError)
    return _problem(error.status, error.slug, str(error))


def _value_problem(request: Request, error: Exception) -> JSONResponse:
    # `UnbalancedEntryError` becomes `unbalanced-entry`.
    name = type(error).__name__.removesuffix("Error")
    slug = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
    return _problem(422, slug.lstrip("-"), str(error))


def _validation_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [
        {"field": ".".join(map(str, found["loc"])), "message": found["msg"]}
        for found in error.errors()
    ]
    return _problem(422, "invalid-request", "the request has invalid fields", fields=fields)
