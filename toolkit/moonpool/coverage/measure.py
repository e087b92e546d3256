"""Measures one process with the project's own coverage.py configuration.

Every process has a data file of its own, so nothing is shared and nothing can be locked. That file
is written in place by coverage.py; what was saved at the last boundary is therefore kept beside it,
whole, until the process has finished, and survives a kill in the middle of the next write.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import moonpool
from moonpool.coverage.core import Core, Needs, choose_core
from moonpool.coverage.flush import flush
from moonpool.errors import ExitCode, MoonpoolError
from moonpool.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping

    from coverage import Coverage

__all__ = ["KEPT_PREFIX", "LIVE_PREFIX", "Measurement", "inside", "start"]

# What a process writes as it goes, and the whole copy that a killed process leaves behind.
LIVE_PREFIX = "coverage."
KEPT_PREFIX = "kept."

# The variables through which coverage.py reaches the children of a measured process.
_CHANNELS = ("COVERAGE_FILE", "COVERAGE_PROCESS_CONFIG", "COVERAGE_RCFILE")

# A worker sees only a part of the suite, so none of these is worth a word in any one process; what
# the project as a whole did not run, its report shows. A save also happens inside pytest, where a
# project with `filterwarnings = error` would see its tests fail for it.
_PARTIAL_VIEW_WARNINGS = (
    "module-not-imported",
    "module-not-measured",
    "module-not-python",
    "no-data-collected",
)


class Measurement:
    """A running measurement of this process.

    ``core`` says by what and why, ``contexts`` whether each test has a context of its own.
    """

    def __init__(
        self,
        coverage: Coverage,
        kept: Path,
        environ: MutableMapping[str, str],
        channels_before: Mapping[str, str | None],
        core: Core,
        contexts: bool,
    ) -> None:
        self.core = core
        self.contexts = contexts
        self._coverage = coverage
        self._kept = kept
        self._pid = os.getpid()
        self._environ = environ
        self._channels_before = channels_before
        self._channels = {name: environ.get(name) for name in _CHANNELS}
        self._ended = self._runs_tests = False
        # Runs before coverage.py's own handler, which closes the data file.
        atexit.register(self.finish)

    def save(self) -> None:
        """Put what ran so far on disk and go on measuring; for the end of each test file."""
        if self._ended:
            return
        live = flush(self._coverage)
        # There is no file as long as nothing of the project has run.
        if live.exists():
            write_whole(self._kept, live.read_bytes())

    def enter(self, context: str) -> None:
        """Say which test runs from now on; empty between tests."""
        if context and not self._runs_tests:
            self._runs_tests = True
            # It stands for this process until that has finished, also before anything is saved. One
            # that is killed before its first test has run what every other one collects as well.
            self._kept.touch()
        if self.contexts and not self._ended:
            self._coverage.switch_context(context)

    def finish(self) -> None:
        """Stop measuring and leave this process's data file; a second call does nothing."""
        if self._ended:
            return
        self._ended = True
        try:
            self._coverage.stop()
        finally:
            self._coverage.save()
            self._drop_kept()

    def abandon(self) -> None:
        """Stop measuring and forget what was measured, because somebody else measures."""
        if self._ended:
            return
        self._ended = True
        self._coverage.stop()
        self._coverage.erase()
        self._drop_kept()
        for name, value in self._channels_before.items():
            # A measurement that started after ours has set its own values, which stay.
            if self._environ.get(name) == self._channels[name]:
                _put(self._environ, name, value)

    @property
    def follows_forks(self) -> bool:
        """Whether coverage.py begins anew in each forked child."""
        return "fork" in _option(self._coverage, "run:patch")

    def forget(self) -> None:
        """Stop measuring in a forked copy; what was measured is the original's to save."""
        self._ended = True
        self._coverage.stop()

    def _drop_kept(self) -> None:
        # A forked child that comes here must not remove what its parent kept.
        if os.getpid() == self._pid:
            self._kept.unlink(missing_ok=True)


def start(
    project_root: Path,
    data_dir: Path,
    process: str,
    *,
    contexts: bool = False,
    environ: MutableMapping[str, str] = os.environ,
) -> Measurement:
    """Start measuring this process into a file of its own in ``data_dir``.

    ``data_dir`` belongs to one run of one project; ``process`` names this process in it (``main``,
    ``gw0``); with ``contexts`` each test gets one of its own by ``enter``. Call it before pytest
    and the project's code are imported. Raises MoonpoolError when coverage.py refuses the
    project's configuration.
    """
    from coverage.exceptions import ConfigError, CoverageException

    data_dir.mkdir(parents=True, exist_ok=True)
    before = {name: environ.get(name) for name in _CHANNELS}
    with inside(project_root):
        try:
            coverage = _configured(project_root, data_dir / f"{LIVE_PREFIX}{process}", environ)
            core = _with_core(coverage, environ, contexts)
            coverage.start()
        except (CoverageException, ConfigError, ImportError) as error:
            # A plugin that is not installed is an ImportError; and in older releases ConfigError
            # is no CoverageException.
            raise _refused(project_root, error) from error
    kept = data_dir / f"{KEPT_PREFIX}{process}.{os.getpid()}"
    return Measurement(coverage, kept, environ, before, core, contexts)


def _configured(project_root: Path, data_file: Path, environ: MutableMapping[str, str]) -> Coverage:
    import coverage

    # An argument beats the project's `data_file` and COVERAGE_FILE, and test subprocesses get it
    # through the configuration that coverage.py hands down to them.
    measured = coverage.Coverage(data_file=str(data_file.absolute()))
    # Forked and patched children share the data file's name, so each process needs its own suffix.
    measured.set_option("run:parallel", True)
    # A relative path would be relative to where each process happened to start; the project's file
    # is made relative once, when the processes are united.
    measured.set_option("run:relative_files", False)
    _extend(measured, "run:disable_warnings", _PARTIAL_VIEW_WARNINGS)
    package = Path(moonpool.__file__).resolve().parent
    if not package.is_relative_to(project_root.resolve()):
        _extend(measured, "run:omit", (f"{package}/*",))
    if "multiprocessing" in _option(measured, "run:concurrency"):
        # Such a child reads the configuration file again and knows nothing of our argument.
        environ["COVERAGE_FILE"] = str(data_file.absolute())
    return measured


def _with_core(measured: Coverage, environ: Mapping[str, str], contexts: bool) -> Core:
    named = measured.get_option("run:core") or environ.get("COVERAGE_CORE")
    needs = Needs(
        branch=bool(measured.get_option("run:branch")),
        plugins=bool(_option(measured, "run:plugins")),
        contexts=contexts or bool(measured.get_option("run:dynamic_context")),
        concurrency=_option(measured, "run:concurrency"),
        timid=bool(measured.get_option("run:timid")),
        asked=str(named) if named else None,
    )
    core = choose_core(needs, sys.version_info[:2])
    if core.name:
        measured.set_option("run:core", core.name)
    return core


def _extend(measured: Coverage, option: str, values: tuple[str, ...]) -> None:
    measured.set_option(option, [*_option(measured, option), *values])


def _option(measured: Coverage, option: str) -> list[str]:
    value = measured.get_option(option)
    return [str(entry) for entry in value] if isinstance(value, (list, tuple)) else []


def _refused(project_root: Path, error: Exception) -> MoonpoolError:
    return MoonpoolError(
        f"coverage.py refuses the configuration of `{project_root.name}`: {error}",
        hint=f"mend it, then run `coverage debug config` in `{project_root}`",
        slug="coverage-configuration",
        exit_code=ExitCode.COVERAGE,
    )


def _put(environ: MutableMapping[str, str], name: str, value: str | None) -> None:
    if value is None:
        environ.pop(name, None)
    else:
        environ[name] = value


@contextlib.contextmanager
def inside(directory: Path) -> Iterator[None]:
    """Make ``directory`` the working directory for a block, as coverage.py looks from there."""
    before = Path.cwd()
    if before == directory.resolve():
        yield
        return
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)
