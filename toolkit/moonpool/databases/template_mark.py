"""The mark that a template carries: whose it is, and which database it is the mark of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from moonpool.errors import ExitCode, MoonpoolError

__all__ = ["Template", "not_ours", "parse_template", "render_template"]

_VERSION = 1


@dataclass(frozen=True)
class Template:
    """A database that we made to be cloned."""

    name: str
    project: str
    checkout: str
    started: str
    finished: bool = False
    used: bool = False
    """Whether a live run clones or builds it."""


def render_template(template: Template) -> str:
    """The comment for a template's database."""
    facts = asdict(template)
    kept = {name: facts[name] for name in ("project", "checkout", "started")}
    return json.dumps({"moonpool": _VERSION, "template": template.name, **kept})


def parse_template(
    name: str, comment: str | None, *, finished: bool, used: bool = False
) -> Template | None:
    """The template that a database is by its comment, or None when it is none of ours."""
    try:
        content = json.loads(comment or "")
        if content["moonpool"] != _VERSION or content["template"] != name:
            return None
        place = (content["project"], content["checkout"], content["started"])
    except (ValueError, KeyError, TypeError):
        return None
    return Template(name, *place, finished=finished, used=used)


def not_ours(name: str) -> MoonpoolError:
    """The error for a database under a template's name that does not carry its mark."""
    return MoonpoolError(
        f"database `{name}` exists and was not made by moonpool, so it is not replaced",
        hint="drop it yourself if nobody needs it",
        slug="database-not-ours",
        exit_code=ExitCode.DATABASE,
    )
