"""Tasks of Python's runners: tox, nox, and the scripts of hatch, poe, pdm and taskipy."""

from __future__ import annotations

import ast
import configparser
import posixpath
import shlex
import tomllib
from typing import TYPE_CHECKING, Any

from moonpool.audit.commands.runners.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moonpool.audit.commands.runners.task import Files

__all__ = ["expand_nox", "expand_project", "expand_tox"]


def expand_tox(files: Files, words: Sequence[str], folder: str) -> list[Task] | None:
    """Return the commands of the environments that `tox -e a,b` runs."""
    if words[0] != "tox":
        return None
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(files.text(_join(folder, "tox.ini")) or "")
    except configparser.Error:
        return None
    names = _option(words, ("-e", "--env")) or str(parser.get("tox", "envlist", fallback=""))
    tasks = [
        Task(f"tox -e {name}", script, folder)
        for name in names.replace(",", " ").split()
        if (script := _tox_script(parser, name)) is not None
    ]
    return tasks or None


def _tox_script(parser: configparser.ConfigParser, name: str) -> str | None:
    sections = (f"testenv:{name}", "testenv")
    found = next((s for s in sections if parser.has_option(s, "commands")), None)
    if found is None or "{" in name:
        return None
    lines = str(parser.get(found, "commands")).replace("\\\n", " ").splitlines()
    text = "\n".join(line.split("{posargs")[0].rstrip() for line in lines if line.strip())
    return None if "{" in text.replace("{toxinidir}/", "") else text.replace("{toxinidir}/", "")


def expand_nox(files: Files, words: Sequence[str], folder: str) -> list[Task] | None:
    """Return what the sessions of a noxfile run, as far as their words are literal."""
    if words[0] != "nox":
        return None
    try:
        tree = ast.parse(files.text(_join(folder, "noxfile.py")) or "")
    except SyntaxError:
        return None
    wanted = _option(words, ("-s", "--session", "--sessions", "-e"))
    sessions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    chosen = [name for name in (wanted or "").replace(",", " ").split() if name in sessions]
    tasks = [
        Task(f"nox -s {name}", "\n".join(_nox_lines(sessions[name])), folder) for name in chosen
    ]
    return tasks or None


def _nox_lines(session: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(session):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        given = [a.value for a in node.args if isinstance(a, ast.Constant)]
        words = [word for word in given if isinstance(word, str)]
        if node.func.attr == "run" and words:
            literal = len(words) == len(node.args) or isinstance(node.args[-1], ast.Starred)
            yield shlex.join(words) if literal else "unreadable-session"
        elif node.func.attr == "install":
            yield "pip install"


def expand_project(files: Files, words: Sequence[str], folder: str) -> list[Task] | None:
    """Return a script that pyproject.toml gives to hatch, poe, pdm or taskipy."""
    rest = [word for word in words[1:] if not word.startswith("-")]
    if words[0] in ("hatch", "pdm", "rye") and rest[:1] == ["run"]:
        rest = rest[1:]
    elif words[0] not in ("poe", "task", "poethepoet"):
        return None
    if not rest:
        return None
    return _project_tasks(files, rest[0], rest[1:], folder, ())


def _project_tasks(
    files: Files, name: str, arguments: Sequence[str], folder: str, open_: tuple[str, ...]
) -> list[Task] | None:
    script = _scripts(files, folder).get(name.rpartition(":")[2])
    if script is None or name in open_:
        return None
    given = " ".join(shlex.quote(word) for word in arguments)
    if isinstance(script, dict):
        script = script.get("cmd") or script.get("shell") or script.get("sequence")
    if isinstance(script, str):
        return [Task(name, f"{script.replace('{args}', '')} {given}".strip(), folder)]
    if not isinstance(script, list):
        return None
    tasks: list[Task] = []
    for entry in script:
        known = isinstance(entry, str) and entry in _scripts(files, folder)
        inner = _project_tasks(files, str(entry), (), folder, (*open_, name)) if known else None
        tasks += inner or [Task(name, str(entry), folder)]
    return tasks


def _scripts(files: Files, folder: str) -> dict[str, Any]:
    try:
        tool = tomllib.loads(files.text(_join(folder, "pyproject.toml")) or "").get("tool", {})
    except tomllib.TOMLDecodeError:
        return {}
    found: dict[str, Any] = {}
    for table in (tool.get("poe", {}).get("tasks"), tool.get("taskipy", {}).get("tasks")):
        found.update(table or {})
    found.update(tool.get("pdm", {}).get("scripts") or {})
    for environment in tool.get("hatch", {}).get("envs", {}).values():
        found.update(environment.get("scripts") or {} if isinstance(environment, dict) else {})
    return found


def _option(words: Sequence[str], names: Sequence[str]) -> str | None:
    for position, word in enumerate(words):
        if word in names and position + 1 < len(words):
            return words[position + 1]
        for name in names:
            if word.startswith(f"{name}=") or (len(name) == 2 and word[:2] == name and word[2:]):
                return word[len(name) :].lstrip("=")
    return None


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))
