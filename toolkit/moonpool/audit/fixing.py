"""Makes fixes in memory, one after the other, and looks again after each of them.

A fix is made in all of its files or in none, and only if the result has no problem that was not
there before. Writing comes last, when everything is known to be good.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moonpool.audit.editing.edit import edited
from moonpool.audit.editing.splice import RefusedError
from moonpool.audit.finding import Safety
from moonpool.audit.reading.links import link_problems
from moonpool.audit.reading.structure import structure_problems
from moonpool.audit.reading.tree import Mapping, parse
from moonpool.audit.reading.workflow import read_workflow
from moonpool.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moonpool.audit.editing.change import Edit
    from moonpool.audit.finding import Finding, Fix
    from moonpool.audit.reading.repository import Repository

__all__ = ["Fixed", "Refusal", "fix_all", "write_changed"]

# More rounds than a repository has fixable findings would mean that fixes undo each other.
_MOST_ROUNDS = 500


@dataclass(frozen=True)
class Refusal:
    """A fix that could not be made, and what is in the way."""

    finding: Finding
    line: int
    reason: str


@dataclass(frozen=True)
class Fixed:
    """The repository as it would be, what was done to it, and what is left."""

    repository: Repository
    done: tuple[Finding, ...]
    refused: tuple[Refusal, ...]
    left: tuple[Finding, ...]


def fix_all(
    repository: Repository,
    look: Callable[[Repository], Sequence[Finding]],
    allowed: frozenset[Safety],
) -> Fixed:
    """Make every allowed fix that ``look`` finds, and those that become possible by them."""
    done: list[Finding] = []
    refused: dict[tuple[str, str, str], Refusal] = {}
    findings = tuple(look(repository))
    for _ in range(_MOST_ROUNDS):
        able = [f for f in findings if f.fix and f.fix.safety in allowed]
        open_ = [finding for finding in able if _key(finding) not in refused]
        if not open_:
            break
        finding = open_[0]
        assert finding.fix is not None
        try:
            repository = _made(repository, finding.fix, cascade=Safety.UNSAFE in allowed)
        except RefusedError as error:
            refused[_key(finding)] = Refusal(finding, error.line + 1, error.message)
            continue
        done.append(finding)
        findings = tuple(look(repository))
    return Fixed(repository, tuple(done), tuple(refused.values()), findings)


def write_changed(before: Repository, after: Repository) -> list[str]:
    """Write the files that differ, each whole and with the mode that it had; return their paths."""
    changed = [
        path
        for path, workflow in after.workflows.items()
        if workflow.source != before.workflows[path].source
    ]
    for path in changed:
        source = after.workflows[path].source
        file = (after.root / path).resolve()
        mode = file.stat().st_mode & 0o7777
        write_whole(file, ("\ufeff" if source.bom else "") + source.text, mode=mode)
    return changed


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.place.path, finding.message


def _made(repository: Repository, fix: Fix, *, cascade: bool) -> Repository:
    workflows = dict(repository.workflows)
    # All edits of a file at once, since their addresses are those of the file before them.
    edits: dict[str, list[Edit]] = {}
    for change in (*fix.changes, *(fix.cascade if cascade else ())):
        edits.setdefault(change.path, []).extend(change.edits)
    for path, listed in edits.items():
        source = edited(workflows[path].source, listed)
        tree = parse(source)
        assert isinstance(tree, Mapping)
        workflows[path] = read_workflow(source, tree)
    result = replace(repository, workflows=workflows)
    known = _problems(repository)
    for path, line, message in _problems(result, known):
        raise RefusedError(f"{path} would not be valid: {message}", line - 1)
    return result


def _problems(
    repository: Repository, known: Sequence[tuple[str, int, str]] = ()
) -> list[tuple[str, int, str]]:
    """All problems, less as many of each wording as are known already."""
    spare = [(path, message) for path, _, message in known]
    found: list[tuple[str, int, str]] = []
    for path, workflow in repository.workflows.items():
        problems = [
            *structure_problems(path, workflow.tree),
            *link_problems(repository, workflow),
        ]
        for problem in problems:
            if (path, problem.message) in spare:
                spare.remove((path, problem.message))
            else:
                found.append((path, problem.line, problem.message))
    return found
