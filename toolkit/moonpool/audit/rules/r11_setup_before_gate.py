"""R11: a check that needs no dependencies and comes after they were installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.finding import Finding, Severity
from moonpool.audit.rules.looking import at_step, entries
from moonpool.audit.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moonpool.audit.context import Context

__all__ = ["RULE"]

# They are on the runner, or come with their own action, and read files alone. `git diff` does too,
# but asks what the installation has changed.
_CHEAP = frozenset({"shellcheck", "actionlint", "hadolint", "gofmt"})
_EXPENSIVE = frozenset({"npm", "yarn", "pnpm", "uv", "poetry", "pip", "bundle", "composer"})


def _check(context: Context) -> Iterator[Finding]:
    for _, entry, works in entries(context):
        installed = None
        built = False
        for work in works:
            cheap = work.checks and all(atom.words[0] in _CHEAP for atom in work.checks)
            if cheap and installed and not built and len(work.checks) == len(work.atoms):
                message = f"`{work.step.label}` needs nothing of what `{installed}` installs"
                advice = ("ahead of it, a failure would be known sooner",)
                yield at_step("R11", Severity.LOW, entry, work.step, message, advice)
            for atom in work.atoms:
                # What writes files is what `git diff` afterwards looks at.
                built = built or atom.kind in (Kind.BUILD, Kind.OTHER)
                if atom.kind is Kind.INSTALL and atom.words and atom.words[0] in _EXPENSIVE:
                    installed = work.step.label


RULE = Rule("R11", "setup-before-gate", Severity.LOW, "cheap checks after costly set-up", _check)
