"""What the steps of a job do: their atoms, whether from scripts, known actions or own actions."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moonpool.audit.commands.atoms import Atom
from moonpool.audit.commands.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moonpool.audit.commands.atoms import Expander
    from moonpool.audit.commands.runners.moon import MoonTask
    from moonpool.audit.reading.mentions import Mentions
    from moonpool.audit.reading.repository import Repository
    from moonpool.audit.reading.workflow import Step
    from moonpool.audit.redundancy.runs import RunJob

__all__ = ["Role", "Work", "Worker", "filled"]

_INPUT = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")
_VARIABLE = re.compile(r"\$\{\{\s*env\.([\w-]+)\s*\}\}")
_ENTERED = re.compile(r"(\bcd\s+)[\"']?\$\{?(\w+)\}?[\"']?(?=[/\s;&]|$)")
_LINTERS = frozenset(
    {
        "golangci/golangci-lint-action",
        "pre-commit/action",
        "psf/black",
        "chartboost/ruff-action",
        "astral-sh/ruff-action",
        "super-linter/super-linter",
        "github/super-linter",
        "codespell-project/actions-codespell",
        "davidanson/markdownlint-cli2-action",
        "ludeeus/action-shellcheck",
        "hadolint/hadolint-action",
        "crate-ci/typos",
        "biomejs/setup-biome",
        "isort/isort-action",
        "wagoid/commitlint-github-action",
        "ibiqlik/action-yamllint",
        "streetsidesoftware/cspell-action",
        "jakebailey/pyright-action",
        "wearerequired/lint-action",
        "pnpm/lint-action",
        "rhysd/actionlint",
        "bullfrogsec/bullfrog",
        "oxsecurity/megalinter",
    }
)
_TESTERS = frozenset({"cypress-io/github-action", "actions-rs/cargo", "borales/actions-yarn"})
_SETUP = re.compile(
    r"actions/(checkout|cache(/restore|/save)?|setup-[\w-]+|configure-pages)|.*/(setup|install)-[\w-]+"
    r"|.*/[\w-]*-setup|moonrepo/.*|pnpm/action-setup|dtolnay/rust-toolchain|actions-rs/toolchain|"
    r"swatinem/rust-cache|subosito/flutter-action|gradle/.*|jdx/.*|.*-cache(-action)?|"
    r"step-security/harden-runner|docker/(setup|login)-.*|snok/install-poetry|abatilo/actions-poetry|"
    r"bahmutov/npm-install|taiki-e/install-action|shivammathur/setup-php|aws-actions/configure-.*|"
    r"google-github-actions/(auth|setup-.*)|azure/login|ramsey/composer-install|webfactory/ssh-agent|"
    r"actions/create-github-app-token|tibdex/github-app-token|jlumbroso/free-disk-space|"
    r"nrwl/nx-set-shas|dorny/paths-filter|tj-actions/changed-files"
)
_REPORTS = re.compile(
    r"codecov/.*|coverallsapp/.*|actions/upload-artifact|dorny/test-reporter|mikepenz/.*|"
    r"enricomi/.*|codacy/.*|paambaati/.*|sonarsource/.*|github/codeql-action/.*|romeovs/.*|"
    r"irongut/.*|marocchino/sticky-.*|thollander/.*|actions/upload-pages-artifact|"
    r"davelosert/vitest-coverage.*|5monkeys/cobertura.*|phoenix-actions/test-reporting|"
    r"test-summary/.*|datadog/.*|trunk-io/.*|codspeedhq/.*|deepsourcelabs/.*|qltysh/.*"
)
_SHIPS = re.compile(
    r"deploy|release|publish|gh-pages|netlify|vercel|wrangler|pages-action|ftp-|scp|changesets/action"
)

_SHIP_WORD = re.compile(r"deploy|publish|release|upload", re.IGNORECASE)
# They take files from one place of the machine to another, whatever these are called.
_HANDLES_FILES = frozenset({"cp", "mv", "ln", "tar", "zip", "unzip", "gzip", "chmod", "install"})


class Role(enum.Enum):
    """What a step is in its job."""

    CHECKOUT = "checkout"
    SETUP = "setup"
    REPORT = "report"  # Takes what checks leave behind: coverage, results, artifacts.
    SHIP = "ship"
    RUN = "run"
    OTHER = "other"


@dataclass(frozen=True)
class Work:
    """A step with its atoms; an action of the repository stands for all of its own steps."""

    step: Step
    role: Role
    atoms: tuple[Atom, ...]

    @property
    def checks(self) -> tuple[Atom, ...]:
        return tuple(atom for atom in self.shown if not atom.part)

    @property
    def shown(self) -> tuple[Atom, ...]:
        """All checks that are made, those included that a command makes among other things."""
        return tuple(atom for atom in self.atoms if atom.kind.is_check)

    @property
    def ships(self) -> bool:
        """Whether it publishes or deploys, by what it runs or by what that is called."""
        return self.role is Role.SHIP or any(
            atom.kind is Kind.SHIP or (atom.kind is Kind.OTHER and _says_ship(atom.words))
            for atom in self.atoms
        )


class Worker:
    """Answers for the steps of any job; remembers what it has worked out."""

    def __init__(self, repository: Repository, expander: Expander) -> None:
        self._repository = repository
        self._expander = expander
        self._memo: dict[int, tuple[RunJob, tuple[Work, ...]]] = {}

    @property
    def moon_tasks(self) -> Mapping[str, MoonTask]:
        """The tasks of the moon workspace by target; empty where there is none."""
        return self._expander.moon.tasks

    @property
    def mentions(self) -> Mentions:
        """The names that files of the repository speak of."""
        return self._repository.mentions

    def script(self, script: str) -> tuple[Atom, ...]:
        """What a script runs, as a step at the root of the repository would."""
        return self._expander.atoms(script, "", "bash")

    def works(self, entry: RunJob) -> tuple[Work, ...]:
        """What each step of a job does, in order."""
        if id(entry) not in self._memo:
            folder = entry.job.folder or entry.workflow.folder or ""
            shell = entry.job.shell or entry.workflow.shell or _default_shell(entry)
            env = {**entry.workflow.env, **entry.job.env}
            found = tuple(
                self.work(step, folder, shell, entry.inputs or {}, env) for step in entry.job.steps
            )
            self._memo[id(entry)] = entry, found
        return self._memo[id(entry)][1]

    def work(
        self,
        step: Step,
        folder: str,
        shell: str | None,
        inputs: Mapping[str, str],
        wide: Mapping[str, str] | None = None,
    ) -> Work:
        """What one step does, with inputs filled in; ``wide`` are its job's variables."""
        known = {**(wide or {}), **step.env}
        if step.run is not None:
            script = _entered(filled(step.run, inputs), known)
            where = _folder(_named(filled(step.folder or folder, inputs), known))
            atoms = self._expander.atoms(script, where, step.shell or shell)
            env = frozenset(step.env.items())
            return Work(step, Role.RUN, tuple(replace(a, env=a.env | env) for a in atoms))
        action = self._repository.action(step.uses)
        if action is not None:
            given = {**action.inputs, **{k: filled(v, inputs) for k, v in step.inputs.items()}}
            inner = [self.work(entry, "", "bash", given) for entry in action.steps]
            roles = {work.role for work in inner}
            grave = (role for role in (Role.SHIP, Role.OTHER) if role in roles)
            role = next(grave, Role.RUN)
            return Work(step, role, tuple(atom for work in inner for atom in work.atoms))
        role = Role.SHIP if _pushes(step) else _role(step.action)
        return Work(step, role, _action_atoms(step, inputs))


def filled(text: str, inputs: Mapping[str, str]) -> str:
    """Replace `${{ inputs.x }}` by what is given for it, where that is known."""

    def given(match: re.Match[str]) -> str:
        value = inputs.get(match[1])
        return match[0] if value is None or "${{" in value else value

    return _INPUT.sub(given, text)


def _named(text: str, env: Mapping[str, str]) -> str:
    """Replace `${{ env.X }}` by its value, where that is known."""

    def value(match: re.Match[str]) -> str:
        found = env.get(match[1], "${{")
        return match[0] if "${{" in found else found

    return _VARIABLE.sub(value, text)


def _entered(script: str, env: Mapping[str, str]) -> str:
    """Replace the variables behind `cd` by their values, so that the folder is known."""

    def value(match: re.Match[str]) -> str:
        found = env.get(match[2], "${{")
        return match[0] if "${{" in found or " " in found else f"{match[1]}{found}"

    return _ENTERED.sub(value, _named(script, env))


def _folder(text: str) -> str:
    tidy = text.replace("${{ github.workspace }}/", "").removeprefix("./").strip("/")
    return "" if tidy == "." else tidy


def _says_ship(words: tuple[str, ...]) -> bool:
    """Whether a command, a script or a task is called so; folders and variables do not count."""
    if words[:1] and words[0] in _HANDLES_FILES:
        return False
    names = (word.rpartition("/")[2] for word in words[:3] if word[:1] not in "-$")
    return any(_SHIP_WORD.search(name) for name in names)


def _default_shell(entry: RunJob) -> str | None:
    runs_on = str(entry.job.content.get("runs-on", ""))
    return "pwsh" if runs_on.lower().startswith("windows") else None


def _role(action: str) -> Role:
    if action == "actions/checkout":
        return Role.CHECKOUT
    if _REPORTS.fullmatch(action):
        return Role.REPORT
    if _SETUP.fullmatch(action):
        return Role.SETUP
    if action in _LINTERS or action in _TESTERS:
        return Role.RUN
    return Role.SHIP if _SHIPS.search(action) else Role.OTHER


def _pushes(step: Step) -> bool:
    # `docker/build-push-action` and alike ship exactly if they push.
    return step.inputs.get("push", "false") not in ("false", "")


def _action_atoms(step: Step, inputs: Mapping[str, str]) -> tuple[Atom, ...]:
    if step.action not in _LINTERS | _TESTERS:
        return ()
    given = sorted(f"{name}={filled(value, inputs)}" for name, value in step.inputs.items())
    kind = Kind.TEST if step.action in _TESTERS else Kind.LINT
    if "command=publish" in given or "command=build" in given:
        kind = Kind.BUILD
    words = ("uses", step.action, *given)
    return (Atom(words, "", kind, env=frozenset(step.env.items())),)
