"""`[tool.moonpool.databases]` is read as it is written, and what cannot be meant is refused."""

from __future__ import annotations

from typing import Any

import pytest

from moonpool.config.databases import TemplateKeys, read_databases
from moonpool.errors import MoonpoolError

_URLS: dict[str, Any] = {"urls": ["DATABASE_URL"]}


def _template(**table: object) -> TemplateKeys:
    keys = read_databases({**_URLS, "template": table})
    assert keys is not None
    assert keys.template is not None
    return keys.template


def test_a_command_may_be_a_text_or_words() -> None:
    assert _template(command="alembic -x 'a b' upgrade").command == (
        "alembic",
        "-x",
        "a b",
        "upgrade",
    )
    assert _template(command=["alembic", "upgrade"]).command == ("alembic", "upgrade")


def test_one_pattern_needs_no_brackets() -> None:
    assert _template(sql="schema.sql", files=["a", "b"]) == TemplateKeys(
        (), None, ("schema.sql",), ("a", "b")
    )


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ({"clean": "wipe"}, "`clean` in [tool.moonpool.databases] is 'wipe', expected", "see docs"),
        ({"clean": "clone"}, "is 'clone', and there is no template to be cloned", "say how"),
        ({"clean": 3}, "is 3, expected a word", "see docs"),
        ({"template": {}}, "has no step that makes the schema", "write command ="),
        ({"template": "x"}, "is 'x', expected a table", "see docs"),
        ({"template": {"python": "app"}}, "is 'app', expected `module:object`", "write python ="),
        ({"template": {"sql": [3]}}, "is [3], expected patterns of SQL files", "see docs"),
        ({"template": {"comand": "x"}}, "found the unknown key `comand`", "did you mean `command`"),
    ],
)
def test_what_cannot_be_meant_is_refused(table: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(MoonpoolError) as caught:
        read_databases({**_URLS, **table})
    assert message in caught.value.message
    assert caught.value.hint.startswith(hint)
    assert caught.value.slug == "configuration"
