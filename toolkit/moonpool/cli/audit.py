"""`moonpool audit`: the door to the audit of a repository's CI workflows."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moonpool import __version__
from moonpool import audit as audits
from moonpool.cli.output import print_json, print_lines, print_note
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["command"]

_JSON_VERSION = 1
_FORMATS = ("text", "json", "github", "sarif")


def _ids(_context: object, option: click.Parameter, given: Sequence[str]) -> frozenset[str]:
    names = {name.strip().lower() for entry in given for name in entry.split(",") if name.strip()}
    known = {rule.id.lower(): rule.id for rule in audits.RULES}
    unknown = sorted(names - known.keys())
    if unknown:
        listed = ", ".join(known.values())
        raise click.BadParameter(f"found `{unknown[0]}`, expected one of {listed}", param=option)
    return frozenset(names)


@click.command("audit")
@click.argument("root", default=".", type=click.Path(exists=True, file_okay=False))
@click.option("--workflow", "workflows", multiple=True, help="Only this file; repeatable.")
@click.option("--select", multiple=True, callback=_ids, help="Only these rules: R1,R4.")
@click.option("--ignore", multiple=True, callback=_ids, help="Not these rules.")
@click.option(
    "--min-severity",
    type=click.Choice([severity.word for severity in audits.Severity]),
    default="low",
    help="Leave out what is less grave.",
)
@click.option("--check-only", is_flag=True, help="Only YAML, structure and dangling references.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text")
@click.option("--json", "as_json", is_flag=True, help="The same as `--format json`.")
@click.option(
    "--timings",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Saved runs: what `gh run view ID --json jobs,workflowName` prints.",
)
@click.option(
    "--rulesets",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Saved rules: what `gh api repos/O/R/rules/branches/main` prints.",
)
@click.option(
    "--assume",
    multiple=True,
    type=click.Choice(list(audits.ASSUMPTIONS)),
    help="Take for granted what the files cannot prove; repeatable.",
)
@click.option("--fix", is_flag=True, help="Make the fixes that are proven.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: make the others, too.")
@click.option("--diff", is_flag=True, help="Show what --fix would do, and do nothing.")
@click.option(
    "--gate",
    type=click.Choice([gate.value for gate in audits.Gate]),
    help="What keeps a bad commit from being shipped once its own checks are gone.",
)
def command(
    root: str,
    workflows: tuple[str, ...],
    select: frozenset[str],
    ignore: frozenset[str],
    min_severity: str,
    check_only: bool,
    form: str,
    as_json: bool,
    timings: tuple[Path, ...],
    rulesets: tuple[Path, ...],
    assume: tuple[str, ...],
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    gate: str | None,
) -> int:
    """Find and remove what the CI workflows below ROOT do twice or slowly.

    GitHub's workflows, and what carries over of the rules to `.gitlab-ci.yml`.
    """
    if unsafe_fixes and not (fix or diff):
        raise click.UsageError("`--unsafe-fixes` needs `--fix` or `--diff`.")
    wish = audits.Wish(
        workflows=tuple(name.removeprefix("./") for name in workflows),
        select=select,
        ignore=ignore,
        least=audits.Severity[min_severity.upper()],
        check_only=check_only,
        assumed=frozenset(assume).union(*(audits.proven_by(path) for path in rulesets)),
        gate=audits.Gate(gate) if gate else None,
        timings=audits.read_timings(timings) if timings else None,
    )
    repository = audits.read_repository(Path(root))
    _check_names(repository, wish)
    chosen = "json" if as_json else form
    if fix or diff:
        return _fix(repository, wish, unsafe=unsafe_fixes, write=not diff, form=chosen)
    findings = audits.audit(repository, wish)
    _tell(repository, findings, chosen)
    return _exit_code(findings, chosen)


def _check_names(repository: audits.Repository, wish: audits.Wish) -> None:
    known = [*repository.workflows, *(problem.path for problem in repository.problems)]
    known += [audits.GITLAB_FILE] if repository.has(audits.GITLAB_FILE) else []
    names = {*known, *(path.rpartition("/")[2] for path in known)}
    for name in wish.workflows:
        if name not in names:
            raise MoonpoolError(
                f"found no workflow `{name}` below `{repository.root}`",
                hint=f"write one of: {', '.join(known) or 'there is none'}",
                slug="usage",
                exit_code=ExitCode.USAGE,
            )


def _fix(
    repository: audits.Repository, wish: audits.Wish, *, unsafe: bool, write: bool, form: str
) -> int:
    allowed = {audits.Safety.SAFE}
    allowed |= {audits.Safety.GATED} if wish.gate else set()
    allowed |= {audits.Safety.UNSAFE} if unsafe else set()
    fixed = audits.fix_all(
        repository, lambda repository: audits.audit(repository, wish), frozenset(allowed)
    )
    if write:
        audits.write_changed(repository, fixed.repository)
    elif difference := _difference(repository, fixed.repository):
        print_lines(difference)
    for finding in fixed.done:
        assert finding.fix is not None
        done = "fixed" if write else "would fix"
        print_note(f"{done} {finding.rule} in {finding.place}: {finding.fix.title}")
    refused = [*map(_refusal, fixed.refused), *_by_hand(fixed.left)]
    for line in refused:
        print_note(line)
    if write:
        _tell(fixed.repository, fixed.left, form)
    return int(ExitCode.WORKFLOW) if refused else _exit_code(fixed.left, form)


def _refusal(refusal: audits.Refusal) -> str:
    finding = refusal.finding
    assert finding.fix is not None
    where = f"{finding.place.path}:{refusal.line}"
    named = f"left {finding.rule} in {finding.place}, to be done by hand: {finding.fix.title}"
    return f"{named}; {where}: {refusal.reason}"


def _by_hand(findings: Sequence[audits.Finding]) -> list[str]:
    """What was asked for and proven, and cannot be written without somebody's decision."""
    return [
        f"left {finding.rule} in {finding.place}, to be done by hand; {finding.facts['refused']}"
        for finding in findings
        if finding.facts.get("refused")
    ]


def _tell(repository: audits.Repository, findings: Sequence[audits.Finding], form: str) -> None:
    if form == "json":
        print_json(_JSON_VERSION, {"findings": audits.as_data(findings)})
    elif form == "sarif":
        print_lines(_sarif(repository, findings))
    elif form == "github":
        if findings:
            print_lines(audits.as_commands(findings))
    elif findings:
        print_lines(audits.as_text(findings))
    has_any = repository.workflows or repository.problems or repository.has(audits.GITLAB_FILE)
    if not has_any:
        print_note(f"found no workflows below `{repository.root}`")
    elif form == "text":
        print_note(audits.summary(findings))


def _sarif(repository: audits.Repository, findings: Sequence[audits.Finding]) -> str:
    import json

    log = audits.as_sarif(repository, findings, audits.RULES, __version__)
    return json.dumps(log, indent=2)


def _difference(before: audits.Repository, after: audits.Repository) -> str:
    lines: list[str] = []
    for path, workflow in after.workflows.items():
        old, new = before.workflows[path].source, workflow.source
        lines += difflib.unified_diff(
            [line.rstrip("\r\n") for line in old.lines],
            [line.rstrip("\r\n") for line in new.lines],
            f"a/{path}",
            f"b/{path}",
            lineterm="",
        )
    return "\n".join(lines)


def _exit_code(findings: Sequence[audits.Finding], form: str) -> int:
    if any(finding.facts.get("unread") for finding in findings):
        return int(ExitCode.WORKFLOW)
    # A step that uploads SARIF has to run whatever was found.
    return int(ExitCode.FAILED) if findings and form != "sarif" else int(ExitCode.OK)
