"""The user that a PostgreSQL server runs as: ourselves, or somebody unprivileged when we are root.

`initdb` and `postgres` refuse to run as root.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from moonpool.errors import ExitCode, MoonpoolError

__all__ = ["Account", "server_account"]

_UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user of the machine; ``switched`` when it is not the one that we run as."""

    name: str
    uid: int
    gid: int
    switched: bool


def server_account(*, uid: int | None = None) -> Account:
    """Who runs the server for the user ``uid`` (ours).

    Raises MoonpoolError for a root without any unprivileged user beside it.
    """
    uid = os.geteuid() if uid is None else uid
    if uid != 0:
        return Account("", uid, os.getegid(), switched=False)
    import pwd

    for name in _UNPRIVILEGED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid, switched=True)
    raise MoonpoolError(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it",
        hint="run the tests as an ordinary user, or set the database URL to a server",
        slug="postgres-missing",
        exit_code=ExitCode.DATABASE,
    )
