"""Whether a run leaves out tests of the project's usual run: from the start, or by ending early.

The usual run is what the configured `addopts` and `testpaths` give by themselves: a project that
always deselects its slow tests is complete without them.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NamedTuple

import pytest

from moonpool.coverage.parts import ALL, SOME
from moonpool.plugin.testpaths import expand_testpaths

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from moonpool.coverage.parts import Parts

__all__ = ["Selection", "division", "selection", "was_cut_short"]

# Options with which a run leaves out tests from the start.
_SELECTING = (
    "collectonly",
    "deselect",
    "ignore",
    "ignore_glob",
    "keyword",
    "lf",
    "markexpr",
    "stepwise",
)

# How a run ends that went through all of its tests; with workers `-x` interrupts the run.
_WHOLE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


class Selection(NamedTuple):
    """``some``: tests are left out. ``may_stop``: they are if as many fail as `--maxfail` says.

    ``shard`` says that other runs have those that are left out: `2/3`; None where nobody says so.
    """

    some: bool
    may_stop: bool
    shard: str | None = None

    @property
    def parts(self) -> Parts:
        """Which parts of the project's tests a run has that goes through all of its own."""
        if self.shard:
            return frozenset({self.shard})
        return frozenset({SOME}) if self.some else ALL


def selection(config: pytest.Config, parser: pytest.Parser, shard: str | None = None) -> Selection:
    """Return what the command line leaves out, before anything is collected.

    ``shard`` is what the user calls the run; else a plugin's options say so, if nothing but the
    division leaves tests out.
    """
    options = config.known_args_namespace
    words = [str(word) for word in config.getini("addopts")]
    usual = parser.parse_known_args(words, namespace=copy.copy(config.option))
    some = _differs(options, usual, _SELECTING) or not _is_everywhere(config, options, usual)
    divided = division(options)
    shard = shard or (None if some else divided)
    some = some or bool(shard or divided)
    return Selection(some, _differs(options, usual, ("maxfail",)), shard)


def division(options: argparse.Namespace) -> str | None:
    """Return the shard that pytest-split or pytest-shard was told to run, None for no division."""
    splits, group = getattr(options, "splits", None), getattr(options, "group", None)
    shards, number = getattr(options, "num_shards", None), getattr(options, "shard_id", None)
    if isinstance(splits, int) and isinstance(group, int) and 1 <= group <= splits > 1:
        return f"{group}/{splits}"
    if isinstance(shards, int) and isinstance(number, int) and 0 <= number < shards > 1:
        return f"{number + 1}/{shards}"
    return None


def was_cut_short(session: pytest.Session, exit_status: int) -> bool:
    """Whether a session that is over did not go through all of its tests."""
    return bool(exit_status not in _WHOLE or session.shouldfail or session.shouldstop)


def _differs(
    options: argparse.Namespace, usual: argparse.Namespace, names: tuple[str, ...]
) -> bool:
    return any(getattr(options, name, None) != getattr(usual, name, None) for name in names)


def _is_everywhere(
    config: pytest.Config, options: argparse.Namespace, usual: argparse.Namespace
) -> bool:
    # Whether each folder of the usual run is one that this run looks into, whatever they are
    # called. A folder around it is not enough: there are names that pytest does not look into.
    if options.pyargs:
        return bool(options.file_or_dir == usual.file_or_dir)
    here = config.invocation_params.dir
    testpaths = expand_testpaths(config)
    asked = options.file_or_dir or (testpaths if here == config.rootpath else [])
    wanted = usual.file_or_dir or testpaths
    return _places(config.rootpath, wanted) <= _places(here, asked)


def _places(folder: Path, words: list[str]) -> set[Path]:
    return {(folder / word).resolve() for word in words or ["."]}
