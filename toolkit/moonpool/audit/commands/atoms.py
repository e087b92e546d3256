"""The checks behind a step: every command of its script, followed through task runners.

An atom is one command in one folder with one environment. Two runs of the same atom on the same
content give the same answer, which is what everything else here rests on.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from moonpool.audit.commands.kinds import Kind, kind_by_name, kind_of
from moonpool.audit.commands.normal import unwrapped
from moonpool.audit.commands.options import essential
from moonpool.audit.commands.parts import parts
from moonpool.audit.commands.runners import RUNNERS
from moonpool.audit.commands.runners.moon import MoonTasks
from moonpool.audit.commands.shell import split_script

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from moonpool.audit.commands.runners import Files, Task
    from moonpool.audit.commands.shell import Command

__all__ = ["Atom", "Expander"]

_TASK_RUNNERS = frozenset(
    {
        *("make", "just", "tox", "nox", "npm", "yarn", "pnpm", "bun", "turbo", "nx", "lerna"),
        *("task", "invoke", "inv", "rake", "hatch", "poe", "grunt", "gulp", "moon", "ant"),
    }
)
_SHELL_OPTIONS = frozenset({"errexit", "nounset", "pipefail", "xtrace"})
_DEEPEST = 8  # A task that needs more levels than this calls itself in some way.


@dataclass(frozen=True)
class Atom:
    """One command.

    ``via`` are the tasks that led to it. ``outputs`` are what its task declares to leave behind
    (None: no such declarations). ``decides`` and ``always`` hold for the whole way to it.
    """

    words: tuple[str, ...]
    folder: str
    kind: Kind
    runner: str = ""
    stronger: tuple[str, ...] = ()
    env: frozenset[tuple[str, str]] = frozenset()
    decides: bool = True
    always: bool = True
    writes: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    outputs: tuple[str, ...] | None = None
    doubt: str | None = None
    part: bool = False  # Of a command that does more; it shows that a check was made.

    @property
    def text(self) -> str:
        """The command as a person would write it."""
        return " ".join([*([self.runner] if self.runner else []), *self.words, *self.stronger])

    @property
    def is_veiled(self) -> bool:
        """Whether it is a task that nobody could look into, and that may leave anything behind."""
        isolated = self.words[:1] in (("tox",), ("nox",))
        veiled = bool(self.words) and self.words[0] in _TASK_RUNNERS and not isolated
        return veiled and self.outputs is None

    @property
    def key(self) -> tuple[tuple[str, ...], str]:
        """What has to be equal for two atoms to be the same check."""
        return self.words, self.folder


@dataclass(frozen=True)
class _Way:
    """How a command was reached."""

    folder: str
    env: frozenset[tuple[str, str]] = frozenset()
    decides: bool = True
    always: bool = True
    via: tuple[str, ...] = ()
    outputs: tuple[str, ...] | None = None
    doubt: str | None = None


def _read_shell(shell: str) -> tuple[bool, bool] | None:
    """Return whether a failing command ends its scripts, in a pipe as well; None if not known.

    A line with `{0}` is started as it stands: what is not asked for there does not hold.
    """
    name, *options = shell.split()
    name = posixpath.basename(name)
    if not options:
        # GitHub gives `-o pipefail` only to those who name bash.
        known = name in ("bash", "sh", "pwsh", "powershell", "cmd")
        return (name in ("bash", "sh"), name == "bash") if known else None
    names = [option for option in options[:-1] if option[0] != "-"]
    if name not in ("bash", "sh") or options[-1] != "{0}" or not {*names} <= _SHELL_OPTIONS:
        return None
    letters = "".join(option for option in options if option[:2] != "--")
    return "e" in letters.replace("pipefail", "") or "errexit" in names, "pipefail" in names


@dataclass(frozen=True)
class Expander:
    """Expands commands with the files of one repository."""

    root: Path
    files: Files
    _memo: dict[tuple[str, str, str], tuple[Atom, ...]] = field(default_factory=dict)

    def atoms(self, script: str, folder: str, shell: str | None) -> tuple[Atom, ...]:
        """Return the atoms of a step's `run:`; ``folder`` is relative to the root."""
        key = (script, folder, shell or "")
        if key not in self._memo:
            self._memo[key] = tuple(self._script(script, shell, _Way(folder)))
        return self._memo[key]

    @cached_property
    def moon(self) -> MoonTasks:
        """The tasks of the moon workspace at the root."""
        return MoonTasks(self.root)

    def _script(self, script: str, shell: str | None, way: _Way) -> Iterator[Atom]:
        known = _read_shell(shell or "bash -e {0}")
        if known is None:
            yield self._atom(Kind.OTHER, ((shell or "").split()[0], "…"), way)
            return
        strict, pipefail = known
        commands = split_script(script, strict=strict, pipefail=pipefail)
        for command in commands:
            yield from self._command(command, way)

    def _command(self, command: Command, way: _Way) -> Iterator[Atom]:
        plain = unwrapped(command.words)
        folder = posixpath.normpath(posixpath.join(way.folder, command.folder))
        here = _Way(
            folder="" if folder == "." else folder,
            env=way.env | frozenset((*command.env, *plain.env)),
            decides=way.decides and command.decides,
            always=way.always and command.always,
            via=way.via,
            outputs=way.outputs,
            doubt=way.doubt,
        )
        tasks = self._tasks(plain.words, command.words, here)
        if tasks is not None:
            for task in tasks:
                yield from self._script(task.script, "sh", _within(here, task))
            return
        kind = _kind(plain.words, here)
        words, stronger = essential(plain.words) if kind.is_check else (plain.words, ())
        yield self._atom(kind, words, here, plain.runner, stronger, command.writes)
        for part, doubt in parts(plain.words):
            kind = _kind(part, here)
            if kind.is_check:
                words, stronger = essential(part)
                atom = self._atom(kind, words, here, plain.runner, stronger)
                yield replace(atom, part=True, doubt=atom.doubt or doubt)

    def _tasks(
        self, words: tuple[str, ...], written: tuple[str, ...], way: _Way
    ) -> Sequence[Task] | None:
        if not words or len(way.via) >= _DEEPEST:
            return None
        # `hatch run x` and `yarn x` may name a script; without one they only wrap a program.
        for runner in (self.moon.expand, *RUNNERS):
            for form in (words, written):
                tasks = runner(self.files, form, way.folder) if form else None
                if tasks is not None and not any(task.name in way.via for task in tasks):
                    return tasks
        return None

    def _atom(
        self,
        kind: Kind,
        words: tuple[str, ...],
        way: _Way,
        runner: str = "",
        stronger: tuple[str, ...] = (),
        writes: tuple[str, ...] = (),
    ) -> Atom:
        return Atom(
            words=words,
            folder=way.folder,
            kind=kind,
            runner=runner,
            stronger=stronger,
            env=way.env,
            decides=way.decides,
            always=way.always,
            writes=writes,
            via=way.via,
            outputs=way.outputs,
            doubt=way.doubt,
        )


def _kind(words: tuple[str, ...], way: _Way) -> Kind:
    kind = kind_of(words)
    return _named(words, way) if kind is Kind.OTHER else kind


def _within(way: _Way, task: Task) -> _Way:
    folder = posixpath.normpath(task.folder) if task.folder else ""
    return _Way(
        folder="" if folder == "." else folder,
        env=way.env | frozenset(task.env),
        decides=way.decides,
        always=way.always,
        via=(*way.via, task.name),
        outputs=task.outputs if task.outputs is not None else way.outputs,
        doubt=task.doubt or way.doubt,
    )


def _named(words: tuple[str, ...], way: _Way) -> Kind:
    """Judge by its name a task whose commands nobody knows: `make check`, `nx test`, `x:verify`."""
    if way.outputs == () and way.via and (kind := kind_by_name(way.via[-1])).is_check:
        return kind  # moon knows that it leaves nothing behind.
    if words[0] not in _TASK_RUNNERS:
        return Kind.OTHER
    names = [
        word for word in words[1:] if not word.startswith("-") and word not in ("run", "run-many")
    ]
    return kind_by_name(" ".join(names)) if names else Kind.OTHER
