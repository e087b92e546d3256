"""`[tool.moonpool.worker-env]`: environment variables with a worker's own values in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.environment.worker import WorkerPlace

__all__ = ["check_templates", "expand"]

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}")
_WORDS = ("worker", "index", "namespace", "tmp", "port")


def check_templates(templates: Mapping[str, str]) -> None:
    """Raise MoonpoolError for a placeholder that nothing fills."""
    for variable, template in templates.items():
        for match in _PLACEHOLDER.finditer(template):
            word, _, name = (match["name"] or "").partition(":")
            if match["name"] is not None and (word not in _WORDS or (name and word != "port")):
                known = ", ".join(f"`{{{each}}}`" for each in (*_WORDS, "port:NAME"))
                raise MoonpoolError(
                    f"`{variable}` in [tool.moonpool.worker-env] has the unknown placeholder "
                    f"`{match[0]}`, expected one of {known}",
                    hint="write a brace that is meant literally twice: `{{`",
                    slug="configuration",
                )


def expand(templates: Mapping[str, str], place: WorkerPlace) -> dict[str, str]:
    """The variables with this worker's values."""

    def value(match: re.Match[str]) -> str:
        if match["name"] is None:
            return match[0][0]
        word, _, name = match["name"].partition(":")
        return str(place.port(name) if word == "port" else getattr(place, word))

    return {name: _PLACEHOLDER.sub(value, template) for name, template in templates.items()}
