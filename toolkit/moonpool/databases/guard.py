"""Whether a URL looks like a server that holds something precious."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from moonpool.databases.cluster import FOLDER_PREFIX
from moonpool.databases.conninfo import connection_parameters, hosts
from moonpool.databases.mysql.options import verifies_server
from moonpool.databases.urls import MYSQL
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["check_disposable", "production_sign"]

# Where the providers of managed databases put their customers' servers.
_MANAGED_HOSTS = (
    ".rds.amazonaws.com",
    ".postgres.database.azure.com",
    ".mysql.database.azure.com",
    ".mariadb.database.azure.com",
    ".database.windows.net",
    ".supabase.co",
    ".supabase.com",
    ".neon.tech",
    ".aivencloud.com",
    ".db.ondigitalocean.com",
    ".render.com",
    ".tsdb.cloud.timescale.com",
    ".cockroachlabs.cloud",
    ".elephantsql.com",
    ".crunchybridge.com",
    ".psdb.cloud",
    ".skysql.com",
)


def production_sign(url: DatabaseUrl) -> str | None:
    """What about the URL of a server looks like production, or None."""
    if _is_ephemeral(url):
        return None
    proof = _asks_for_proof(url)
    if proof is not None:
        return f"`{proof}`"
    for host in hosts(url):
        suffix = next((end for end in _MANAGED_HOSTS if host.lower().endswith(end)), None)
        if suffix:
            return f"a managed host (`*{suffix}`)"
    if not re.search("test", url.name, re.IGNORECASE):
        return f"a database name without `test` (`{url.name}`)"
    return None


def _asks_for_proof(url: DatabaseUrl) -> str | None:
    """The setting that lets a client connect only to a server with a certificate for its name."""
    if url.dialect == MYSQL:
        return verifies_server(url)
    sslmode = connection_parameters(url, "").get("sslmode")
    return "sslmode=verify-full" if sslmode == "verify-full" else None


def _is_ephemeral(url: DatabaseUrl) -> bool:
    """Whether a server of our own is meant: a run inside another run's test is given its URL."""
    return any(PurePath(host).name.startswith(FOLDER_PREFIX) for host in hosts(url))


def check_disposable(url: DatabaseUrl, origin: str, *, confirmed: bool) -> None:
    """Raise MoonpoolError when a URL looks like production and nobody said that it is not."""
    sign = None if confirmed else production_sign(url)
    if sign is not None:
        raise MoonpoolError(
            f"{origin} looks like production: it has {sign}",
            hint="point it at a test database, or set `confirmed = true` in "
            "`[tool.moonpool.databases]` if databases may be made and dropped there",
            slug="database-production",
            exit_code=ExitCode.DATABASE,
        )
