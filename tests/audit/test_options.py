"""Options: which leave a check the same, which make it another, and which have to be named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.audit.commands.kinds import Kind, kind_of
from moonpool.audit.commands.options import essential
from tests.audit.building import CI, doubts, only, plant, repeated, workflow

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "- run: pip install -r requirements.txt\n"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pytest -q -n 4 -x tests/", "pytest ./tests"),
        ("pytest --maxfail 1 --color yes --tb short tests", "pytest tests"),
        ("pylint -j 4 src", "pylint src"),
        ("golangci-lint run --out-format github-actions ./...", "golangci-lint run ./..."),
        ("go test -v -count=1 -failfast ./...", "go test ./..."),
        ("vitest run --reporter verbose --bail 1", "vitest run"),
        ("cargo test -j 2 --all", "cargo test --workspace"),
        ("cargo fmt --all -- --check", "cargo fmt --check --all"),
        ("ruff check --output-format github .", "ruff check"),
        ("eslint -f stylish src", "eslint src"),
        ("phpunit --testdox --colors=always", "phpunit"),
    ],
)
def test_how_a_check_runs_and_prints_makes_no_difference(one: str, other: str) -> None:
    assert essential(one.split()) == essential(other.split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pytest -k slow", "pytest"),
        ("pytest -m unit", "pytest -m integration"),
        ("black -l 100 --check src", "black --check src"),
        ("golangci-lint run -n", "golangci-lint run"),
        ("bandit -rll src", "bandit src"),
        ("tox -n", "tox"),
        ("pylint --fail-under=8 src", "pylint src"),
        ("flake8 --exit-zero", "flake8"),
        ("go test -short ./...", "go test ./..."),
        ("pytest -n 4 tests/a", "pytest -n 4 tests/b"),
        ("jest -j src", "jest"),
        ("ruff check src .", "ruff check src"),
    ],
)
def test_what_is_checked_makes_another_check(one: str, other: str) -> None:
    assert essential(one.split())[0] != essential(other.split())[0]


@pytest.mark.parametrize("command", ["pytest --cov src --cov-report xml", "pytest --cov=src"])
def test_a_source_to_be_measured_is_no_folder_to_be_tested(command: str) -> None:
    assert essential(command.split())[0] == ("pytest",)


@pytest.mark.parametrize(
    ("here", "there", "text"),
    [
        ("pytest", "pytest --cov=src", None),
        ("pytest --cov-report=term", "pytest --cov=src --cov-report xml", None),
        (
            "pytest --cov=src",
            "pytest",
            "coverage is measured only here, and may have to reach a threshold",
        ),
        ("cargo test", "cargo test --locked", None),
        ("cargo test --locked", "cargo test", "`--locked` is given only here"),
        ("go test -timeout 10m ./...", "go test ./...", "`-timeout=10m` is given only here"),
        ("pytest", "pytest --reruns 3", "`--reruns=3` is given only there"),
    ],
)
def test_what_one_run_asks_for_more_is_named(
    tmp_path: Path, here: str, there: str, text: str | None
) -> None:
    assert doubts(tmp_path, here, there) == ([text] if text else [])


@pytest.mark.parametrize(
    ("here", "there", "covered"),
    [
        ("eslint src", "eslint --max-warnings 0 src", True),
        ("eslint --max-warnings 0 src", "eslint --max-warnings=0 src", True),
        ("eslint --max-warnings 0 src", "eslint src", False),
        ("cargo clippy", "cargo clippy -- -D warnings", True),
        ("cargo clippy -- -D warnings", "cargo clippy", False),
        ("pytest --cov-fail-under 80", "pytest --cov", False),
    ],
)
def test_a_threshold_has_to_be_there_as_well(
    tmp_path: Path, here: str, there: str, covered: bool
) -> None:
    assert bool(repeated(tmp_path, here, there)) is covered


def test_publishing_to_this_machine_ships_nothing() -> None:
    commands = ("./gradlew publishToMavenLocal", "sbt publishLocal", "gradle publish")
    kinds = [kind_of(command.split()) for command in commands]
    assert kinds == [Kind.BUILD, Kind.BUILD, Kind.SHIP]


def test_make_goes_on_where_a_recipe_calls_it_again(tmp_path: Path) -> None:
    makefile = "check:\n\t$(MAKE) unit\nunit:\n\tpytest\n"
    plant(tmp_path, ci=CI, deploy=workflow(f"{INSTALL}- run: make check\n"), __Makefile=makefile)
    assert only(tmp_path, "R1").fix is not None
