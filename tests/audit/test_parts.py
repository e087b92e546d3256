"""Commands with several goals, and goals that include others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.audit.commands.parts import parts
from tests.audit.building import doubts, repeated

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("./gradlew test shadowJar", ["./gradlew test", "./gradlew shadowJar"]),
        ("gradle :app:build", ["gradle :app:test", "gradle :app:check"]),
        ("gradle build -x test", []),
        ("mvn -B clean verify", ["mvn clean -B", "mvn verify -B", "mvn test -B"]),
        ("mvn package -DskipTests", []),
        (
            "turbo run lint test --filter=a",
            ["turbo run lint --filter=a", "turbo run test --filter=a"],
        ),
        ("turbo run lint", []),
        ("pytest tests more", []),
    ],
)
def test_a_command_is_the_sum_of_its_goals(command: str, expected: list[str]) -> None:
    assert [" ".join(words) for words, _ in parts(command.split())] == expected


def test_targets_of_nx_may_be_written_in_any_form() -> None:
    found_ = {
        " ".join(words)
        for words, _ in parts(("nx", "run-many", "-t", "lint", "test", "--parallel=3"))
    }
    assert {"nx run-many -t test --parallel=3", "nx run-many -t=lint --parallel=3"} <= found_


@pytest.mark.parametrize(
    ("here", "there", "text"),
    [
        ("./gradlew test", "./gradlew test jar", None),
        ("./gradlew test", "./gradlew build", "`./gradlew build` is taken to include `test`"),
        ("mvn test", "mvn -B clean verify", "`mvn verify` is taken to include `test`"),
        ("mvn clean test", "mvn test", None),
    ],
)
def test_a_part_shows_that_a_check_was_made(
    tmp_path: Path, here: str, there: str, text: str | None
) -> None:
    assert doubts(tmp_path, here, there) == ([text] if text else [])


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("./gradlew build", "./gradlew test"),
        ("./gradlew test", "./gradlew build -x test"),
        ("mvn verify", "mvn package"),
        ("./gradlew test jar", "./gradlew test jar"),
    ],
)
def test_a_command_is_not_removed_for_a_part_of_it(tmp_path: Path, here: str, there: str) -> None:
    assert repeated(tmp_path, here, there) == ()
