"""The documentation names everything that a user can write or meet, and nothing that is gone."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from moonpool.audit import RULES
from moonpool.budget import THREAD_VARIABLES
from moonpool.cli.group import COMMANDS
from moonpool.config.settings import KEYS
from moonpool.errors import ExitCode
from tests.support.moon import REPOSITORY

if TYPE_CHECKING:
    from moonpool.audit.rules.rule import Rule

TOOLKIT = REPOSITORY / "toolkit" / "moonpool"
DOCS = {path.name: path.read_text() for path in sorted((REPOSITORY / "docs").glob("*.md"))}
README = (REPOSITORY / "README.md").read_text()
SOURCE = "\n".join(path.read_text() for path in TOOLKIT.rglob("*.py"))


def _all_words() -> str:
    return README + "\n".join(DOCS.values())


def _options(command: click.Command) -> set[str]:
    found = {
        word
        for option in command.params
        if isinstance(option, click.Option)
        for word in option.opts
        if word.startswith("--")
    }
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            found |= _options(inner)
    return found


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"`moonpool {name}" in README


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_of_a_command_is_documented(name: str) -> None:
    command = import_module(COMMANDS[name][0]).command
    missing = {word for word in _options(command) if word not in _all_words()}
    assert not missing


def test_every_option_of_pytest_is_documented() -> None:
    declared = set(re.findall(r'"(--moonpool-[a-z-]+)"', (TOOLKIT / "plugin/entry.py").read_text()))
    assert declared
    assert declared <= set(re.findall(r"--moonpool-[a-z-]+", DOCS["configuration.md"]))


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_documented(key: str) -> None:
    assert f"`{key}" in DOCS["configuration.md"]


def test_every_variable_that_users_set_is_documented() -> None:
    internal = {
        "MOONPOOL_PREPARED",
        "MOONPOOL_DATABASES",
        "MOONPOOL_HASH_SEED",
        "MOONPOOL_PLATFORM",
        "MOONPOOL_WORKER_NAMESPACE",
    }
    read = set(re.findall(r'"(MOONPOOL_[A-Z_]+[A-Z])"', SOURCE))
    read = {name for name in read if not name.startswith("MOONPOOL_COVERAGE_")} - internal
    documented = set(re.findall(r"MOONPOOL_[A-Z_]+[A-Z]", _all_words()))
    assert read <= documented


@pytest.mark.parametrize("slug", sorted(set(re.findall(r'slug="([a-z-]+)"', SOURCE))))
def test_every_error_has_its_entry(slug: str) -> None:
    assert f"\n## `{slug}`\n" in DOCS["errors.md"]


def test_every_entry_is_an_error_that_can_happen() -> None:
    entries = re.findall(r"^## `([a-z-]+)`$", DOCS["errors.md"], re.MULTILINE)
    gone = [slug for slug in entries if f'"{slug}"' not in SOURCE]
    assert not gone


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_documented(code: ExitCode) -> None:
    assert f"| {code.value} | {code.name} |" in DOCS["errors.md"]


def test_every_thread_variable_is_in_the_source_once_and_the_known_ones_in_the_docs() -> None:
    named = set(re.findall(r"[A-Z]+_NUM_THREADS", DOCS["testing.md"]))
    assert named
    assert named <= set(THREAD_VARIABLES)


def test_links_lead_somewhere() -> None:
    pages = [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
        if not Path(page.parent, target).exists()
    ]
    assert not broken


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_audit_rule_has_its_section(rule: Rule) -> None:
    section = DOCS["audit.md"].partition(f"\n### {rule.id} {rule.name}\n")[2].partition("\n### ")[0]
    assert section.lstrip().lower().startswith(rule.severity.word)
    assert "False positives:" in section
    assert "# before" in section
    assert "# after" in section
