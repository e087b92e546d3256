"""A task template written for one workspace: for its moon and its runner, under our header.

The header's one line of facts lets a later `moonpool init` tell our own text from a person's edit.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonpool.moon.runner import Runner, parse_runner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moonpool.moon.templates import TaskTemplate

__all__ = ["Header", "read_header", "render"]

_HEADER = re.compile(
    r"# moonpool: version=(?P<version>\S+) template=(?P<template>\S+) moon=(?P<moon>\d+)"
    r" runner=(?P<runner>\S+) sha256=(?P<checksum>[0-9a-f]{64})\n"
)
_ADVICE = """\
# Written by `moonpool init` and brought up to date by `moonpool init --upgrade`. Change a task in
# the project's own moon.yml: an edit here would be in the way of every upgrade.
"""
_PATH = Runner("path")


@dataclass(frozen=True)
class Header:
    """What the first line of a vendored file says, and whether its body is still as written."""

    version: str
    template: str
    major: int
    runner: Runner | None
    untouched: bool


def render(template: TaskTemplate, *, major: int, runner: Runner, version: str) -> str:
    """Return the whole vendored file."""
    body = _ADVICE + _for_runner(_for_moon(template.body, major), runner)
    return (
        f"# moonpool: version={version} template={template.name} moon={major}"
        f" runner={runner} sha256={_checksum(body)}\n{body}"
    )


def read_header(text: str) -> Header | None:
    """Return what a vendored file says of itself, or None for a file that is not ours."""
    match = _HEADER.match(text)
    if match is None:
        return None
    return Header(
        version=match["version"],
        template=match["template"],
        major=int(match["moon"]),
        runner=parse_runner(match["runner"]),
        untouched=_checksum(text[match.end() :]) == match["checksum"],
    )


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _for_moon(body: str, major: int) -> str:
    """Return the body without the markers, and without what the given moon would refuse."""
    kept, skipping = [], False
    for line in body.splitlines(keepends=True):
        if (marker := line.strip()).startswith("#: "):
            skipping = marker.startswith("#: only moon ") and marker != f"#: only moon {major}"
        elif not skipping:
            kept.append(line)
    return "".join(kept)


def _for_runner(body: str, runner: Runner) -> str:
    """Return the body with the commands that templates write for PATH put in the runner's words."""
    # The longer words come first, since `python` also begins the words for pytest.
    for found, wanted in (
        (_quoted(_PATH.pytest), _quoted(runner.pytest)),
        (_quoted(_PATH.moonpool), _quoted(runner.moonpool)),
    ):
        body = body.replace(f"command: [{found}", f"command: [{wanted}")
    body = body.replace("script: 'python -V'", f"script: '{' '.join(runner.python)} -V'")
    if runner.from_workspace_root:
        body = body.replace("runFromWorkspaceRoot: false", "runFromWorkspaceRoot: true")
    return body


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
