"""The controller's side: prepares a run, and is the plugin that speaks for it while it lasts."""

from __future__ import annotations

import os
import uuid
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moonpool.budget import thread_environment
from moonpool.config import find_places, read_settings
from moonpool.errors import MoonpoolError
from moonpool.plugin import process
from moonpool.plugin.decision import decide_run
from moonpool.plugin.forking import StartMethod
from moonpool.plugin.names import CONTROLLER, LAUNCH, RECORDER, REFUSALS
from moonpool.plugin.recorder import Recorder
from moonpool.plugin.selection import selection, was_cut_short
from moonpool.plugin.sharing import holders_note, join_pool
from moonpool.plugin.signals import interrupt_on_terminate
from moonpool.plugin.terminal import say
from moonpool.plugin.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from moonpool.config import Places, Settings
    from moonpool.plugin.decision import Decision
    from moonpool.plugin.measuring import RunCoverage
    from moonpool.plugin.selection import Selection
    from moonpool.plugin.sharing import Share

__all__ = ["Controller", "prepare_run"]


def prepare_run(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Decide about workers, add what follows to pytest's arguments, and register our plugins.

    Raises pytest.UsageError for settings or arguments that cannot be meant.
    """
    places = find_places(config.rootpath, os.environ)
    try:
        settings = read_settings(places, os.environ)
        _prepare(config, parser, args, places, settings)
    except MoonpoolError as error:
        raise pytest.UsageError(str(error)) from None


def _prepare(
    config: pytest.Config,
    parser: pytest.Parser,
    args: list[str],
    places: Places,
    settings: Settings,
) -> None:
    options = config.known_args_namespace
    launch = config.pluginmanager.get_plugin(LAUNCH)
    coverage = None if launch is None else launch.coverage
    chooses = (
        launch is not None or options.moonpool_workers is not None or bool(options.moonpool_explain)
    )
    decision, method = None, None
    if chooses or getattr(options, "numprocesses", None) == "auto":
        method = StartMethod.find(settings, coverage)
        decision = decide_run(config, parser, args, settings, places, method, chooses=chooses)
    if decision is not None and options.moonpool_explain:
        from moonpool.plugin.explain import Explainer

        config.pluginmanager.register(Explainer(Path(options.moonpool_explain), places, decision))
        return
    share, notes = None, list[str]()
    if decision is not None:
        if method is not None and (decision.workers or decision.late):
            # Before anything is opened that workers must not share.
            method = method.begin(config, at_once=bool(decision.workers))
        notes.extend(filter(None, [decision.forecast.note]))
        share, decision = _shared(config, places, settings, decision, notes)
    if decision is not None and chooses:
        args[:0] = decision.arguments
    selected = selection(config, parser, settings.shard)
    controller = Controller(config, places, settings, decision, method, share, notes, selected)
    config.pluginmanager.register(controller, CONTROLLER)
    if launch is not None and not options.collectonly:
        controller.drop_last_data()
    controller.equip(coverage)


def _shared(
    config: pytest.Config,
    places: Places,
    settings: Settings,
    decision: Decision,
    notes: list[str],
) -> tuple[Share | None, Decision]:
    """Take from the machine's pool what it can give now; a number that was asked for stands."""
    share = join_pool(places, settings, decision.forecast)
    if share is None:
        return None, decision
    config.add_cleanup(share.leave)
    insisted = None if decision.chosen else decision.workers
    allowance = share.await_first(insisted or 1, held=insisted)
    notes.extend(filter(None, [allowance.note]))
    if decision.chosen and decision.workers > 1:
        allowance = share.ask(decision.beside(share.membership.neighbours))
    notes.extend(filter(None, [holders_note(allowance)]))
    return share, decision.starting_with(allowance.granted)


class Controller:
    """One run's decision and what pytest and pytest-xdist ask about it.

    ``decision`` and ``method`` are None for a pytest that did not ask for one and only has
    isolation from us;
    ``selected`` says whether the run may leave out tests of the project.
    """

    def __init__(
        self,
        config: pytest.Config,
        places: Places,
        settings: Settings,
        decision: Decision | None,
        method: StartMethod | None,
        share: Share | None,
        notes: list[str],
        selected: Selection,
    ) -> None:
        self._config = config
        self._options = config.known_args_namespace
        self._places = places
        self._settings = settings
        self._decision = decision
        self._method = method
        self._share = share
        self._selected = selected
        self._coverage: RunCoverage | None = None
        self._notes = notes

    def drop_last_data(self) -> None:
        """Remove the project's coverage data, which would pass for this run's if it leaves none."""
        if not self._keeps_last_data:
            (self._places.own_folder / "coverage").unlink(missing_ok=True)

    @property
    def _keeps_last_data(self) -> bool:
        # moon hashes the arguments, so that a selection never passes for the whole task there; and
        # what a shard leaves is meant to be taken for the project's.
        chosen = any(self._selected) and not self._selected.shard
        return chosen and "MOON_TASK_HASH" not in os.environ

    def equip(self, coverage: RunCoverage | None) -> None:
        """Prepare environment, databases, coverage and records before any conftest is imported."""
        if self._settings.databases is not None or self._settings.worker_env is not None:
            self._equip_isolation()
        if coverage is None and self._options.moonpool_coverage:
            from moonpool.plugin.measuring import RunCoverage

            coverage = RunCoverage.start(self._places, contexts=self._settings.contexts)
            self._config.add_cleanup(partial(_finish, coverage.finish))
        if coverage is not None:
            self._equip_coverage(coverage)
        if self._decision is not None:
            self._equip_decided(self._decision)

    def _equip_decided(self, decision: Decision) -> None:
        cpus = decision.budget.cpus
        os.environ.update(thread_environment(decision.wanted, cpus, os.environ))
        interrupt_on_terminate(self._config)
        if self._settings.jobserver and self._share is not None:
            from moonpool.plugin.lending import lend_slots

            note = lend_slots(
                self._config, self._places, self._settings, decision.forecast, self._share
            )
            self._notes.extend(filter(None, [note]))
        if decision.workers:
            self._start_longest_first(decision)
        if not self._options.collectonly:
            recorder = self._record(decision)
            if self._coverage is not None:
                self._coverage.told = partial(recorder.note, "coverage")
            if decision.late:
                from moonpool.plugin.hiring import Hiring
                from moonpool.plugin.late import LateWorkers

                hiring = Hiring(decision, self._share, self._coverage, recorder)
                spared = 0.0 if self._method is None else self._method.spared_seconds
                late = LateWorkers(decision, hiring.hire, spared_seconds=spared)
                self._config.pluginmanager.register(late)

    def _record(self, decision: Decision) -> Recorder:
        kills = decision.forecast.facts.oom_kills
        facts = {
            "project": self._places.project,
            "process": os.getpid(),
            "workers": decision.workers,
            "wanted": decision.wanted,
            "cpus": decision.budget.cpus,
            "reason": decision.sentence,
            "worker_bytes": decision.budget.suite.worker_bytes,
            **({} if self._method is None else self._method.facts),
            "oom_kills": None if kills is None else kills.events,
        }
        machine = decision.forecast.machine
        recorder = Recorder(self._places, facts, machine=machine, selected=self._selected)
        self._config.pluginmanager.register(recorder, RECORDER)
        if not decision.workers:
            self._config.pluginmanager.register(Usage(process.preparation))
        return recorder

    def _start_longest_first(self, decision: Decision) -> None:
        from moonpool.plugin.arrangement import Arrangement
        from moonpool.plugin.direction import direct_workers
        from moonpool.plugin.hash_seed import share_hash_seed

        share_hash_seed()
        known = decision.forecast.known
        order = Arrangement(
            known.file_seconds, known.seconds_per_test, known.file_tests, workers=decision.wanted
        )
        direct_workers(self._config, decision, self._share, order)

    def _equip_isolation(self) -> None:
        from moonpool.plugin.isolation import isolate
        from moonpool.plugin.refusal import Refusals

        self._config.pluginmanager.register(Refusals(), REFUSALS)
        if self._settings.worker_env is not None:
            from moonpool.plugin.surroundings import claim_for_run, surround

            # The controller imports conftests too, so it has values as well.
            claim_for_run(self._config, self._places, self._settings)
            surround(self._config, self._settings.worker_env, worker=None)
        if self._settings.databases is not None:
            self._equip_databases()
        if not self._distributes:
            isolate(self._config, worker=None)

    def _equip_databases(self) -> None:
        from moonpool.plugin.isolation import open_for_run

        keys = self._settings.databases
        assert keys is not None
        run, word = uuid.uuid4().hex, self._settings.namespace
        databases = open_for_run(self._config, keys, self._places, run, word)
        self._config.add_cleanup(partial(_finish, databases.close))
        self._notes.extend(databases.notes)

    def _equip_coverage(self, coverage: RunCoverage) -> None:
        self._coverage = coverage
        coverage.partial = self._keeps_last_data
        self._notes.extend(coverage.join(self._config, distributes=self._distributes))

    @property
    def _distributes(self) -> bool:
        if self._decision is not None:
            return self._decision.workers > 0
        return any(getattr(self._options, name, None) for name in ("numprocesses", "tx"))

    def auto_workers(self) -> int | None:
        """Return the answer to `-n auto`; 0 means that pytest's own process runs the tests."""
        return None if self._decision is None else self._decision.workers

    def pytest_report_header(self) -> list[str]:
        """Say what was decided, above pytest's own output."""
        decided = [] if self._decision is None else [self._decision.sentence]
        return [f"moonpool: {line}" for line in (*decided, *self._notes)]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_getremotemodule(self) -> ModuleType | None:
        """Let workers of a run that we decided about begin with our module."""
        if self._decision is None and self._coverage is None:
            return None
        from moonpool.plugin import remote

        return remote

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Settle whose coverage it is and of what, and let a project without tests pass if it may.

        A run that might have stopped at a failure is whole when it did not.
        """
        if self._coverage is not None:
            self._coverage.look_for_others(self._config)
            if not was_cut_short(session, exitstatus):
                self._coverage.parts = self._selected.parts
                self._coverage.partial &= self._selected.some
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self._settings.allow_no_tests:
            session.exitstatus = pytest.ExitCode.OK


def _finish(close: Callable[[], tuple[str, ...]]) -> None:
    say(close())
