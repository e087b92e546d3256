"""`[tool.moonpool.databases]`: which variables hold URLs, and what their databases should hold."""

from __future__ import annotations

import shlex
from typing import Any, NamedTuple

from moonpool.config.checks import SEE, check_keys, config_error

__all__ = ["DATABASE_KEYS", "TEMPLATE_KEYS", "DatabaseKeys", "TemplateKeys", "read_databases"]

DATABASE_KEYS = ("clean", "confirmed", "default", "template", "urls")
TEMPLATE_KEYS = ("command", "files", "python", "sql")
CLEAN_WORDS = ("dirty", "savepoint", "clone", "none")
_WHERE = "[tool.moonpool.databases]"
_WHERE_TEMPLATE = "[tool.moonpool.databases.template]"


class TemplateKeys(NamedTuple):
    """`[tool.moonpool.databases.template]` as it was written."""

    command: tuple[str, ...]
    python: str | None
    sql: tuple[str, ...]
    files: tuple[str, ...]


class DatabaseKeys(NamedTuple):
    """`[tool.moonpool.databases]` as it was written."""

    urls: tuple[str, ...]
    default: str | None
    confirmed: bool
    template: TemplateKeys | None = None
    clean: str | None = None


def read_databases(table: object) -> DatabaseKeys:
    """Read the table. Raises MoonpoolError for what cannot be meant."""
    if not isinstance(table, dict):
        raise config_error(f"{_WHERE} is {table!r}, expected a table", SEE)
    check_keys(table, DATABASE_KEYS, _WHERE)
    urls = table.get("urls")
    if not isinstance(urls, list) or not urls or not all(isinstance(url, str) for url in urls):
        raise config_error(
            f"`urls` in {_WHERE} is {urls!r}, expected the names of environment variables",
            'write urls = ["DATABASE_URL"]',
        )
    clean = _text(table, "clean", _WHERE, "a word")
    if clean is not None and clean not in CLEAN_WORDS:
        expected = ", ".join(f"`{word}`" for word in CLEAN_WORDS)
        raise config_error(f"`clean` in {_WHERE} is {clean!r}, expected one of {expected}", SEE)
    template = _template(table.get("template"))
    if clean == "clone" and template is None:
        raise config_error(
            f"`clean` in {_WHERE} is 'clone', and there is no template to be cloned",
            f"say how the schema is made in {_WHERE_TEMPLATE}",
        )
    return DatabaseKeys(
        tuple(urls),
        _text(table, "default", _WHERE, "a URL"),
        table.get("confirmed") is True,
        template,
        clean,
    )


def _template(table: object) -> TemplateKeys | None:
    if table is None:
        return None
    if not isinstance(table, dict):
        raise config_error(f"{_WHERE_TEMPLATE} is {table!r}, expected a table", SEE)
    check_keys(table, TEMPLATE_KEYS, _WHERE_TEMPLATE)
    keys = TemplateKeys(
        command=_command(table),
        python=_text(table, "python", _WHERE_TEMPLATE, "`module:object`"),
        sql=_words(table, "sql", _WHERE_TEMPLATE, "patterns of SQL files"),
        files=_words(table, "files", _WHERE_TEMPLATE, "patterns of files"),
    )
    if not (keys.command or keys.python or keys.sql):
        raise config_error(
            f"{_WHERE_TEMPLATE} has no step that makes the schema",
            'write command = "alembic upgrade head", python = "app.models:Base.metadata" or '
            'sql = ["schema/*.sql"]',
        )
    if keys.python is not None and ":" not in keys.python:
        raise config_error(
            f"`python` in {_WHERE_TEMPLATE} is {keys.python!r}, expected `module:object`",
            'write python = "app.models:Base.metadata"',
        )
    return keys


def _command(table: dict[str, Any]) -> tuple[str, ...]:
    command = table.get("command")
    if isinstance(command, str):
        return tuple(shlex.split(command))
    return _words(table, "command", _WHERE_TEMPLATE, "a command")


def _words(table: dict[str, Any], key: str, where: str, expected: str) -> tuple[str, ...]:
    found = table.get(key, [])
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise config_error(f"`{key}` in {where} is {found!r}, expected {expected}", SEE)
    return tuple(found)


def _text(table: dict[str, Any], key: str, where: str, expected: str) -> str | None:
    found = table.get(key)
    if found is not None and not isinstance(found, str):
        raise config_error(f"`{key}` in {where} is {found!r}, expected {expected}", SEE)
    return found
