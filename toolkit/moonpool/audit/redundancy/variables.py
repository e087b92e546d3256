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

# They change what is printed or cached, not what a check answers.
_COSMETIC = re.compile(
    r"FORCE_COLOR|NO_COLOR|TERM|CARGO_TERM_\w+|CARGO_INCREMENTAL|RUST_BACKTRACE|PY_COLORS|COLUMNS|"
    r"PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE|PIP_(NO|DISABLE|CACHE|PROGRESS|ROOT)_\w+|HUSKY|"
    r"UV_CACHE_DIR|DO_NOT_TRACK|\w*TELEMETRY\w*|TURBO_(TOKEN|TEAM|API)|NX_CLOUD\w*|GRADLE_OPTS|"
    r"\w*CACHE_(DIR|KEY|PATH)|DOTNET_(NOLOGO|CLI)\w*|MAVEN_OPTS|PRE_COMMIT_HOME|ACTIONS_\w+|"
    r"FORCE_JAVASCRIPT_ACTIONS_TO_NODE24|MYPY_FORCE_\w+"
)
# What a whole job has for other steps; given to the check itself, they are meant for it.
_FOR_OTHERS = re.compile(
    r"CODECOV_\w+|COVERALLS_\w+|SONAR_\w+|GITHUB_TOKEN|GH_TOKEN|NODE_AUTH_TOKEN|NPM_TOKEN|"
    r"NPM_CONFIG_\w+|npm_config_\w+"
)


def relevant(entry: RunJob, work: Work) -> dict[str, str]:
    """Return the variables that a step's commands may read."""
    wide = {**entry.workflow.env, **entry.job.env}
    kept = {name: value for name, value in wide.items() if not _FOR_OTHERS.fullmatch(name)}
    return {**kept, **work.step.env}


def variable_doubts(spot: Spot, other: Spot, atom: Atom, twin: Atom, files: Mentions) -> list[str]:
    """Return in which variables two commands differ, in words.

    One of the job or the workflow that other lines use has its purpose there, if no file of the
    repository knows it.
    """
    mine = _told({**relevant(spot.entry, spot.work), **dict(atom.env)})
    theirs = _told({**relevant(other.entry, other.work), **dict(twin.env)})
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


def _told(given: Mapping[str, str]) -> dict[str, str]:
    # The runner sets CI by itself.
    kept = {name: value for name, value in given.items() if (name, value) != ("CI", "true")}
    return {name: value for name, value in kept.items() if not _COSMETIC.fullmatch(name)}


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
