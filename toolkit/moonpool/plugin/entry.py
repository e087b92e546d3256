"""The pytest door: the hooks that pytest sees in every run, even one that moonpool has no part in.

It imports nothing beyond pytest and hands over to `controller` or `worker` only when the run asks
for moonpool: through `moonpool test`, `-n auto`, an option of ours, or `[tool.moonpool]`.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.plugin.names import ASKS, CONTROLLER, GROUPS, LAUNCH, MEASURES, WORKER_ID

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = [
    "pytest_addoption",
    "pytest_configure",
    "pytest_load_initial_conftests",
    "pytest_xdist_auto_num_workers",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare our options; all begin with `--moonpool-`."""
    group = parser.getgroup("moonpool", "workers from the real machine (moonpool)")
    group.addoption(
        "--moonpool-workers",
        metavar="N",
        help="Number of workers: `auto`, a number, or a percentage of the machine's CPUs. "
        "`-n` wins.",
    )
    group.addoption(
        "--moonpool-coverage",
        action="store_true",
        default=None,
        help="Measure coverage into `.moonpool/coverage`, as `moonpool test` does for a project "
        "with a coverage configuration.",
    )
    group.addoption(
        "--moonpool-explain",
        metavar="FILE",
        help="Write the decision about workers to FILE as JSON and run no tests.",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    """Prepare the run before any conftest is imported, so that all of them see the outcome."""
    if WORKER_ID in os.environ:
        # The second is there when the controller let this worker begin with our own module.
        if _has_settings(early_config) or "moonpool.plugin.worker" in sys.modules:
            from moonpool.plugin.worker import prepare_worker

            prepare_worker(early_config)
    elif _is_asked_for(early_config):
        from moonpool.plugin.controller import prepare_run

        prepare_run(early_config, parser, args)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Let a worker measure its files, ask for its next test and tell groups, if it is to."""
    told = getattr(config, "workerinput", ())
    if MEASURES in told:
        from moonpool.plugin import process
        from moonpool.plugin.usage import Usage

        config.pluginmanager.register(Usage(process.preparation))
    if ASKS in told:
        from moonpool.plugin.lazy_loop import LazyLoop

        config.pluginmanager.register(LazyLoop(config))
    if GROUPS in told:
        from moonpool.plugin.groups import Groups

        config.pluginmanager.register(Groups(config))


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Answer `-n auto` with the number that was decided; `-n logical` stays pytest-xdist's."""
    controller = config.pluginmanager.get_plugin(CONTROLLER)
    return None if controller is None else controller.auto_workers()


def _is_asked_for(config: pytest.Config) -> bool:
    options = config.known_args_namespace
    return (
        config.pluginmanager.has_plugin(LAUNCH)
        or getattr(options, "numprocesses", None) == "auto"
        or options.moonpool_workers is not None
        or options.moonpool_coverage is not None
        or options.moonpool_explain is not None
        or _has_settings(config)
    )


def _has_settings(config: pytest.Config) -> bool:
    # Looking for the word costs microseconds, where reading the settings costs milliseconds.
    for folder in (config.rootpath, *config.rootpath.parents):
        try:
            if b"tool.moonpool" in (folder / "pyproject.toml").read_bytes():
                return True
        except OSError:
            pass
        if (folder / ".moon").is_dir():
            return False
    return False
