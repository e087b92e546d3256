from __future__ import annotations

from pathlib import Path

from moonpool.moon.environment import MoonEnvironment, read_environment

INSIDE = {
    "MOON_PROJECT_ID": "core",
    "MOON_PROJECT_ROOT": "/ws/packages/core",
    "MOON_PROJECT_SOURCE": "packages/core",
    "MOON_TARGET": "core:test",
    "MOON_WORKSPACE_ROOT": "/ws",
    "MOON_CACHE_DIR": "/cache",
}


def test_a_task_knows_its_project_and_the_moon_that_started_it() -> None:
    assert read_environment(INSIDE, parent_pid=lambda: 7) == MoonEnvironment(
        project="core",
        project_root=Path("/ws/packages/core"),
        project_source="packages/core",
        target="core:test",
        workspace_root=Path("/ws"),
        cache_dir=Path("/cache"),
        moon_pid=7,
    )


def test_the_cache_lies_in_the_workspace_unless_moon_says_otherwise() -> None:
    environ = {name: value for name, value in INSIDE.items() if name != "MOON_CACHE_DIR"}
    found = read_environment(environ)
    assert found is not None
    assert found.cache_dir == Path("/ws/.moon/cache")


def test_half_of_moons_variables_are_none() -> None:
    assert read_environment({"MOON_WORKSPACE_ROOT": "/ws", "MOON_PROJECT_ID": "core"}) is None
