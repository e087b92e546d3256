from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click
import pytest

from moonpool import __version__
from moonpool.cli.group import COMMANDS

if TYPE_CHECKING:
    from tests.support.project import PytestProject


def test_help_names_every_command(project: PytestProject) -> None:
    done = project.moonpool("--help")
    assert done.returncode == 0
    for name, (_, sentence) in COMMANDS.items():
        assert f"  {name} " in done.stdout
        assert sentence in " ".join(done.stdout.split())


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_its_module_and_help(name: str) -> None:
    command = import_module(COMMANDS[name][0]).command
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help


def test_the_version_is_told(project: PytestProject) -> None:
    assert project.moonpool("--version").stdout == f"moonpool, version {__version__}\n"


def test_a_wrong_word_is_a_usage_error_with_a_hint(project: PytestProject) -> None:
    done = project.moonpool("worker")
    assert done.returncode == 64
    assert done.stderr == "error: no such command 'worker'\nhint: run `moonpool --help`\n"


def test_a_wrong_option_names_the_commands_help(project: PytestProject) -> None:
    done = project.moonpool("init", "--nonsense")
    assert done.returncode == 64
    assert "error: no such option" in done.stderr
    assert "hint: run `moonpool init --help`" in done.stderr


def test_help_of_the_test_command_is_ours(project: PytestProject) -> None:
    done = project.moonpool("test", "--help")
    assert done.returncode == 0
    assert "Run pytest for the current project" in done.stdout
