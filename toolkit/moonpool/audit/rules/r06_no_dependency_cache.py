"""R6: dependencies that are downloaded anew in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.finding import Finding, Safety, Severity
from moonpool.audit.gitlab.findings import uncached
from moonpool.audit.redundancy.decide import ships
from moonpool.audit.rules.looking import at_step, caches, entries, given_input
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context
    from moonpool.audit.redundancy.work import Work

__all__ = ["RULE"]

# The set-up action, the program that installs, the file that names what, and the value of `cache`.
_CACHES = (
    ("actions/setup-node", "npm", "package-lock.json", "npm"),
    ("actions/setup-node", "yarn", "yarn.lock", "yarn"),
    ("actions/setup-node", "pnpm", "pnpm-lock.yaml", "pnpm"),
    ("actions/setup-python", "pip", "requirements.txt", "pip"),
    ("actions/setup-python", "poetry", "poetry.lock", "poetry"),
    ("actions/setup-python", "pipenv", "Pipfile.lock", "pipenv"),
)


def _check(context: Context) -> Iterator[Finding]:
    for run, entry, works in entries(context):
        if caches(works) or ships(run, context.worker):
            continue  # A release should not build on what an earlier run left in a cache.
        for work in works:
            if "cache" in work.step.inputs or "package-manager-cache" in work.step.inputs:
                continue
            for action, program, lock, value in _CACHES:
                installs = work.step.action == action and _installs(works, program)
                if installs and context.repository.has(lock):
                    message = f"`{program}` downloads its dependencies anew in every run"
                    fix = given_input(entry, work.step, {"cache": value}, Safety.SAFE)
                    able = program != "pnpm" or _before(works, work)
                    yield at_step(
                        "R6", Severity.MEDIUM, entry, work.step, message, fix=fix if able else None
                    )
    if context.pipeline is not None:
        yield from uncached(context.pipeline, context.repository, context.worker)


def _installs(works: tuple[Work, ...], program: str) -> bool:
    return any(
        atom.kind is Kind.INSTALL and atom.words[:1] == (program,) and "-g" not in atom.words
        for work in works
        for atom in work.atoms
    )


def _before(works: tuple[Work, ...], work: Work) -> bool:
    """Whether pnpm is there when the set-up asks it where its store lies."""
    return any(
        other.step.action == "pnpm/action-setup" and other.step.index < work.step.index
        for other in works
    )


RULE = Rule(
    "R6", "no-dependency-cache", Severity.MEDIUM, "dependencies downloaded in every run", _check
)
