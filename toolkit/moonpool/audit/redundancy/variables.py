"""Which environment variables a check may depend on, and whether two checks have the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.audit.commands.atoms import Atom
    from moonpool.audit.reading.mentions import Mentions
    from moonpool.audit.redundancy.runs import RunJob
    from moonpool.audit.redundancy.spot import Spot
    from moonpool.audit.redundancy.work import Work

__all__ = ["relevant", "variable_doubts"]

# They change what is printed, cached or reported, not what a check answers.
_COSMETIC = re.compile(
    r"CI|FORCE_COLOR|NO_COLOR|TERM|CARGO_TERM_\w+|CARGO_INCREMENTAL|RUST_BACKTRACE|PY_COLORS|"
    r"PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE|PIP_\w+|UV_CACHE_DIR|NPM_CONFIG_\w+|npm_config_\w+|"
    r"HUSKY|DO_NOT_TRACK|\w*TELEMETRY\w*|CODECOV_\w+|COVERALLS_\w+|SONAR_\w+|TURBO_(TOKEN|TEAM|API)|"
    r"NX_CLOUD\w*|GITHUB_TOKEN|GH_TOKEN|\w*CACHE_(DIR|KEY|PATH)|DOTNET_(NOLOGO|CLI)\w*|GRADLE_OPTS|"
    r"MAVEN_(OPTS|ARGS)|NODE_AUTH_TOKEN|NPM_TOKEN|PRE_COMMIT_HOME|ACTIONS_\w+|COLUMNS|"
    r"FORCE_JAVASCRIPT_ACTIONS_TO_NODE24"
)


def relevant(entry: RunJob, work: Work) -> dict[str, str]:
    """Return the variables that a step's commands may read."""
    given = {**entry.workflow.env, **entry.job.env, **work.step.env}
    return {name: value for name, value in given.items() if not _COSMETIC.fullmatch(name)}


def variable_doubts(spot: Spot, other: Spot, atom: Atom, twin: Atom, files: Mentions) -> list[str]:
    """Return in which variables two commands differ, in words.

    One of the job or the workflow that other lines use has its purpose there, if no file of the
    repository knows it.
    """
    mine = {**relevant(spot.entry, spot.work), **dict(atom.env)}
    theirs = {**relevant(other.entry, other.work), **dict(twin.env)}
    differing = [
        name
        for name in sorted(mine.keys() | theirs.keys())
        if mine.get(name) != theirs.get(name)
        and not (
            all(
                _has_other_purpose(name, place, command)
                for place, command, given in ((spot, atom, mine), (other, twin, theirs))
                if name in given
            )
            and name not in files
        )
    ]
    return [_difference(name, mine, theirs) for name in differing]


def _difference(name: str, mine: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    if name not in mine:
        return f"`{name}` is set only there"
    return f"the variable `{name}` is {'another' if name in theirs else 'not set'} there"


def _has_other_purpose(name: str, spot: Spot, command: Atom) -> bool:
    own = {*spot.work.step.env, *dict(command.env)}
    said = any(name in word for word in (*command.words, command.folder))
    return name not in own and not said and _used_elsewhere(name, spot.entry, spot.work)


def _used_elsewhere(name: str, entry: RunJob, work: Work) -> bool:
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    definition = re.compile(rf"\s*{re.escape(name)}\s*:")
    return any(
        word.search(definition.sub("", line, count=1))
        for number, line in enumerate(entry.workflow.source.lines)
        if not work.step.line <= number <= work.step.last
    )
