"""What libpq needs to reach the server of a URL, taken from whichever dialect it is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from moonpool.databases.urls import DatabaseUrl

__all__ = ["connection_parameters", "hosts"]

# Query keys that libpq knows; drivers add their own (`prepared_statement_cache_size`), which it
# would refuse.
_LIBPQ_KEYS = frozenset(
    (
        "user",
        "password",
        "passfile",
        "hostaddr",
        "port",
        "sslmode",
        "sslcert",
        "sslkey",
        "sslpassword",
        "sslrootcert",
        "sslcrl",
        "sslnegotiation",
        "gssencmode",
        "krbsrvname",
        "channel_binding",
        "options",
        "service",
        "target_session_attrs",
        "require_auth",
    )
)


def connection_parameters(url: DatabaseUrl, database: str) -> dict[str, str]:
    """The libpq parameters for ``database`` on the URL's server; may hold a password."""
    parameters = {**_from_authority(url.authority), **_from_query(url.after)}
    return {key: value for key, value in parameters.items() if value} | {"dbname": database}


def hosts(url: DatabaseUrl) -> tuple[str, ...]:
    """The host names of the URL's server; empty for the local socket."""
    return tuple(filter(None, connection_parameters(url, "").get("host", "").split(",")))


def _from_authority(authority: str) -> dict[str, str]:
    credentials, _, places = authority.rpartition("@")
    user, _, password = credentials.partition(":")
    host, port = _places(places.split(","))
    return {"user": unquote(user), "password": unquote(password), "host": host, "port": port}


def _from_query(after: str) -> dict[str, str]:
    pairs = parse_qsl(after.partition("#")[0].removeprefix("?"))
    found = {key: value for key, value in pairs if key in _LIBPQ_KEYS}
    places = [value for key, value in pairs if key == "host"]
    if places:
        host, port = _places([place for text in places for place in text.split(",")])
        found["host"] = host
        found.setdefault("port", port)
    # asyncpg calls it `ssl`; its words are libpq's.
    ssl = dict(pairs).get("ssl", "")
    if "sslmode" not in found and ssl not in ("", "true", "True", "false", "False"):
        found["sslmode"] = ssl
    return {key: value for key, value in found.items() if value}


def _places(places: list[str]) -> tuple[str, str]:
    """``host:port`` items as libpq's two comma-separated lists."""
    pairs = [_place(place) for place in places]
    ports = [port for _, port in pairs]
    return ",".join(host for host, _ in pairs), ",".join(ports) if any(ports) else ""


def _place(place: str) -> tuple[str, str]:
    if place.startswith("/"):
        return place, ""
    if place.startswith("["):
        host, _, rest = place[1:].partition("]")
        return host, rest.removeprefix(":")
    host, _, port = place.partition(":")
    return unquote(host), port
