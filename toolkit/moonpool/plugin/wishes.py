"""What the command line says about workers: a wish, a ceiling, or a reason to run in process."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest

from moonpool.budget import Limit, Wish, parse_wish

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["ceiling", "check_paths", "explicit_wish", "in_process_reason"]

# Options after which workers would only be in the way, with the reason that is shown.
_IN_PROCESS = {
    "usepdb": "`--pdb` needs the terminal",
    "trace": "`--trace` needs the terminal",
    "collectonly": "`--collect-only` runs no tests",
    "setuponly": "`--setup-only` prints as it goes",
    "setupplan": "`--setup-plan` prints as it goes",
    "setupshow": "`--setup-show` prints as it goes",
    "showfixtures": "`--fixtures` runs no tests",
    "show_fixtures_per_test": "`--fixtures-per-test` runs no tests",
    "markers": "`--markers` runs no tests",
    "cacheshow": "`--cache-show` runs no tests",
    "help": "`--help` runs no tests",
    "stepwise": "`--stepwise` stops at the first failure",
    "stepwise_skip": "`--stepwise-skip` stops at the second failure",
}


def explicit_wish(options: argparse.Namespace, configured: Wish) -> Wish:
    """Return who asks for how many workers: `-n`, then `--moonpool-workers`, then the settings.

    Raises pytest.UsageError for a number that no machine can mean.
    """
    asked = getattr(options, "numprocesses", None)
    try:
        if isinstance(asked, int):
            return parse_wish(asked, "`-n`")
        if options.moonpool_workers is not None:
            return parse_wish(options.moonpool_workers, "`--moonpool-workers`")
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    return configured


def ceiling(options: argparse.Namespace) -> Limit | None:
    """Return the limit that `--maxprocesses` sets."""
    most = getattr(options, "maxprocesses", None)
    return Limit("maxprocesses", max(1, most), f"`--maxprocesses {most}`") if most else None


def in_process_reason(
    options: argparse.Namespace, typed: pytest.Config.InvocationParams
) -> str | None:
    """Return why this run must stay in one process, or None.

    ``typed`` holds the arguments that a person typed, without the configured `addopts`.
    """
    if not hasattr(options, "numprocesses"):
        return "pytest-xdist is not active"
    if options.dist == "no":
        return "`--dist no`"
    reasons = (reason for name, reason in _IN_PROCESS.items() if getattr(options, name, None))
    if reason := next(reasons, None):
        return reason
    if options.capture == "no" and _typed_no_capture(typed.args):
        return "`-s` shows output as it comes, which workers cannot"
    return None


def check_paths(options: argparse.Namespace, folder: Path) -> None:
    """Raise pytest.UsageError, as pytest does, for a path in the arguments that is not there.

    With workers pytest's controller collects nothing itself and would end with "no tests" (5).
    """
    if options.pyargs:
        return
    for word in options.file_or_dir:
        if not (folder / word.partition("::")[0]).exists():
            raise pytest.UsageError(f"file or directory not found: {word}")


def _typed_no_capture(words: Sequence[str]) -> bool:
    # Projects that have `-s` in addopts mean it as a habit; whoever types it wants to look.
    typed = [*words, *shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))]
    return any(word in ("-s", "--capture=no") for word in typed)
