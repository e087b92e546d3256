"""What a saved ruleset proves: `gh api repos/O/R/rules/branches/main` instead of an assumption."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["proven_by"]


def proven_by(path: Path) -> frozenset[str]:
    """Return the assumptions that the rules of a branch make true.

    Raises MoonpoolError for a file that is not what GitHub answers.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, list):
            raise TypeError("no list")
        return frozenset(word for rule in content for word in _proven(rule))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MoonpoolError(
            f"found no rules in `{path}` ({error}), expected what GitHub answers for a branch",
            hint="run `gh api repos/OWNER/REPOSITORY/rules/branches/main > rules.json`",
            slug="audit-rulesets",
            exit_code=ExitCode.USAGE,
        ) from error


def _proven(rule: dict[str, Any]) -> Iterator[str]:
    given = rule.get("parameters") or {}
    if rule["type"] == "merge_queue":
        yield "merge-queue"
    if rule["type"] == "required_status_checks":
        checks = given.get("required_status_checks")
        if checks and given.get("strict_required_status_checks_policy") is True:
            yield "strict-pr"
