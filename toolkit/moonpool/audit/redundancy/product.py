"""What a step leaves behind that something later uses: such a step is no mere check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind
from moonpool.audit.reading.expressions import references
from moonpool.audit.redundancy.work import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.commands.atoms import Atom
    from moonpool.audit.redundancy.runs import RunJob
    from moonpool.audit.redundancy.work import Work

__all__ = ["job_products", "step_products"]

_RESULTS = re.compile(
    r"cover|lcov|junit|test|report|result|\.xml|trx|screenshot|video|snapshot", re.IGNORECASE
)
_ANY_PROGRAM = re.compile(r"\S")
_NODE = re.compile(r"\b(npm|npx|yarn|pnpm|bunx?|node|vite|next|tsc|turbo|nx|lerna)\b|node_modules")
_PYTHON = re.compile(r"\b(python3?|pip|pytest|twine|build|tox|mkdocs|sphinx\S*|alembic|flask)\b")
# What an installer puts there, and how the commands that need it look. Go, cargo and alike fetch
# whatever is missing by themselves.
_CONSUMERS: dict[str, re.Pattern[str] | None] = {
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun", "corepack", "lerna", "playwright"), _NODE),
    "uv": re.compile(r"\buv (run|build|publish)\b|\.venv|activate|\bpython3?\b"),
    "poetry": re.compile(r"\bpoetry (run|build|publish)\b|\.venv|activate"),
    "pipenv": re.compile(r"\bpipenv\b|activate"),
    "pdm": re.compile(r"\bpdm\b|\.venv|activate"),
    "pip": _PYTHON,
    "bundle": re.compile(r"\b(bundle|rake|rails|ruby|jekyll|gem)\b"),
    "composer": re.compile(r"\b(php|composer|artisan)\b|vendor/"),
    "dotnet": re.compile(r"--no-restore"),
    **dict.fromkeys(("go", "cargo", "rustup", "mvn", "gradle", "mix", "flutter", "dart"), None),
}
_LEFT_BY_TOOL: dict[str, re.Pattern[str]] = {
    "dotnet": re.compile(r"--no-build"),
    "cargo": re.compile(r"target/debug"),
    "mvn": re.compile(r"-o\b|target/"),
    "gradle": re.compile(r"build/"),
}


def step_products(entry: RunJob, works: Sequence[Work], index: int) -> Iterator[str]:
    """Yield what later steps of the job use of a step, in words."""
    work, later = works[index], works[index + 1 :]
    if work.step.id and _refers(entry, "steps", work.step.id):
        yield f"`steps.{work.step.id}` is used"
    text = " ".join(map(_text, later))
    for atom in work.atoms:
        yield from _written(atom, text)
    for report in later:
        if report.role is Role.REPORT and _takes_results(report):
            yield f"`{report.step.label}` takes what it leaves behind"
    yield from _installed(works, index)


def job_products(entry: RunJob, works: Sequence[Work]) -> Iterator[str]:
    """Yield what other jobs or the run itself keep of a job, in words."""
    if entry.job.content.get("outputs"):
        yield "the job has outputs"
    for work in works:
        if work.role is Role.REPORT:
            yield f"`{work.step.label}` keeps what the job leaves behind"
        if work.ships or work.role is Role.OTHER:
            yield f"`{work.step.label}` does more than check"


def _refers(entry: RunJob, context: str, name: str) -> bool:
    lines = entry.workflow.source.lines[entry.job.line : entry.job.last + 1]
    return any(
        words[0] == context and len(words) > 1 and words[1].lower() == name.lower()
        for words in references("\n".join(lines))
    )


def _written(atom: Atom, later: str) -> Iterator[str]:
    for target in atom.writes:
        if "GITHUB_ENV" in target or "GITHUB_PATH" in target:
            yield f"it writes `{target}`"
        elif "GITHUB" not in target and "/dev/" not in target and target in later:
            yield f"it writes `{target}`, which is used"
    for output in atom.outputs or ():
        name = output.rstrip("/").rpartition("/")[2]
        if name and not _installed_folder(name) and _named(name, later):
            yield f"`{atom.via[-1]}` leaves `{output}`, which is used"
    if atom.words and (pattern := _LEFT_BY_TOOL.get(atom.words[0])) and pattern.search(later):
        yield f"`{atom.text}` builds what is used"


def _named(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def _installed_folder(name: str) -> bool:
    # A virtualenv or node_modules is the product of an installer, which is asked for below.
    return name in (".venv", "node_modules")


def _takes_results(work: Work) -> bool:
    if work.step.action not in ("actions/upload-artifact", "actions/upload-pages-artifact"):
        return True
    return bool(_RESULTS.search(" ".join((*work.step.inputs.values(), work.step.name or ""))))


def _installed(works: Sequence[Work], index: int) -> Iterator[str]:
    installers = {a.words[0] for a in works[index].atoms if a.kind is Kind.INSTALL and a.words}
    elsewhere = {
        atom.words[0]
        for number, work in enumerate(works)
        for atom in work.atoms
        if number != index and atom.kind is Kind.INSTALL and atom.words
    }
    for installer in sorted(installers - elsewhere):
        pattern = _CONSUMERS.get(installer, _ANY_PROGRAM)
        if pattern is None:
            continue
        user = next((w for w in works[index + 1 :] if pattern.search(_commands(w))), None)
        if user is not None:
            yield f"`{user.step.label}` uses what `{installer}` installs in it"


def _commands(work: Work) -> str:
    """The commands of a step that could use an installed program, and all inputs of an action."""
    if work.role in (Role.CHECKOUT, Role.SETUP):
        return ""
    kinds = (Kind.NEUTRAL, Kind.INSTALL)
    atoms = (atom for atom in work.atoms if atom.kind not in kinds)
    words = (" ".join((atom.runner, *atom.words)) for atom in atoms)
    return " ; ".join((*words, *work.step.inputs.values()))


def _text(work: Work) -> str:
    return " ".join((work.step.run or "", *work.step.inputs.values(), *work.step.env.values()))
