"""R7: an image that is built from nothing in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.finding import Finding, Safety, Severity
from moonpool.audit.rules.looking import at_step, entries, given_input
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]

_CACHE = {"cache-from": "type=gha", "cache-to": "type=gha,mode=max"}


def _check(context: Context) -> Iterator[Finding]:
    for _, entry, works in entries(context):
        buildx = any(work.step.action == "docker/setup-buildx-action" for work in works)
        for work in works:
            if work.step.action != "docker/build-push-action" or "cache-from" in work.step.inputs:
                continue
            fix = given_input(entry, work.step, _CACHE, Safety.UNSAFE) if buildx else None
            message = "the image is built without a cache of its layers"
            yield at_step("R7", Severity.MEDIUM, entry, work.step, message, fix=fix)


RULE = Rule("R7", "no-docker-cache", Severity.MEDIUM, "images built without a cache", _check)
