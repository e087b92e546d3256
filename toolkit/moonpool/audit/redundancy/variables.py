"""Which environment variables a check may depend on, and whether two checks have the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.audit.redundancy.runs import RunJob
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
    """Return the variables that a step's commands may read.

    One of the job or the workflow that other lines use has its purpose there.
    """
    wide = {**entry.workflow.env, **entry.job.env}
    kept = {name: value for name, value in wide.items() if not _used_elsewhere(name, entry, work)}
    return {
        name: value
        for name, value in {**kept, **work.step.env}.items()
        if not _COSMETIC.fullmatch(name)
    }


def variable_doubts(mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    """Return in which variables two checks differ, in words."""
    doubts = [
        f"the variable `{name}` is {'another' if name in theirs else 'not set'} there"
        for name, value in sorted(mine.items())
        if theirs.get(name) != value
    ]
    return [*doubts, *(f"`{name}` is set only there" for name in sorted(theirs.keys() - mine))]


def _used_elsewhere(name: str, entry: RunJob, work: Work) -> bool:
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    definition = re.compile(rf"\s*{re.escape(name)}\s*:")
    return any(
        word.search(definition.sub("", line, count=1))
        for number, line in enumerate(entry.workflow.source.lines)
        if not work.step.line <= number <= work.step.last
    )
