"""PostgreSQL's refusals are told with what helps, and without credentials."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from moonpool.databases.failures import failure
from moonpool.databases.urls import parse_url

_URL = parse_url("postgresql://alice:s3cret@h/app_test", origin="it")


@pytest.mark.parametrize(
    ("error", "found", "slug"),
    [
        (errors.InsufficientPrivilege(), "the role has no right to do that", "database-rights"),
        (
            errors.ReadOnlySqlTransaction(),
            "the server is a read-only replica, or its sessions are set to read only",
            "database-rights",
        ),
        (errors.DiskFull(), "the server's disk is full", "database-server"),
        (errors.TooManyConnections(), "the server has no free connection", "database-server"),
        (errors.ObjectInUse(), "the database is in use by others", "database-busy"),
        (errors.LockNotAvailable(), "a lock was not free in time", "database-busy"),
        (errors.QueryCanceled(), "the server did not finish in time", "database-busy"),
        (
            psycopg.OperationalError("FATAL: sorry, too many clients already"),
            "the server has no free connection",
            "database-server",
        ),
        (
            psycopg.OperationalError('FATAL: database "postgres" does not exist'),
            "the server has no database `postgres`, where moonpool keeps its locks",
            "database-server",
        ),
        (
            psycopg.OperationalError('role "alice" of s3cret is odd\nmore'),
            "role *** of *** is odd",
            "database-server",
        ),
        (psycopg.OperationalError(), "the server gave no reason", "database-server"),
    ],
)
def test_a_refusal_is_told_in_one_line(error: psycopg.Error, found: str, slug: str) -> None:
    told = failure(error, _URL, "connect to")

    assert told.message == f"cannot connect to `postgresql://***@h/app_test`: {found}"
    assert told.slug == slug
    assert told.hint
