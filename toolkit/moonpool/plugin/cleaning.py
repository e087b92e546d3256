"""The clean database of every test: fixtures, a marker, and the switch that makes them automatic.

The fixture is the first of a test's own fixtures to be made, so it is the last to be torn down:
what they and the test wrote is gone afterwards, what fixtures of a wider scope wrote stays.
"""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from moonpool.databases import Cleaner, DatabaseSettings

__all__ = ["MARKER", "MoonpoolWarning", "clean_databases"]

MARKER = "moonpool_clean"
_FIXTURE = "moonpool_clean"
_STRATEGIES = ("dirty", "savepoint", "clone", "none")


class MoonpoolWarning(UserWarning):
    """Something about a test's database that its author should know."""


def clean_databases(config: pytest.Config, settings: DatabaseSettings) -> CleanDatabases:
    """The plugin for this process, whose databases have been made; closed with ``config``."""
    from moonpool.databases import worker_cleaners

    automatic = settings.clean is not None
    kind = _Automatic if automatic else _OnRequest
    plugin = kind(worker_cleaners(settings, environ=os.environ), settings)
    config.add_cleanup(plugin.close)
    return plugin


class CleanDatabases:
    """Keeps the clean state and brings it back."""

    def __init__(self, cleaners: tuple[Cleaner, ...], settings: DatabaseSettings) -> None:
        self._cleaners = cleaners
        self._settings = settings
        self._stale = True

    def close(self) -> None:
        """Let go of the databases."""
        for cleaner in self._cleaners:
            cleaner.close()

    def pytest_configure(self, config: pytest.Config) -> None:
        """Declare the marker."""
        words = ", ".join(_STRATEGIES)
        config.addinivalue_line(
            "markers", f"{MARKER}(strategy): how this test's database is made clean: {words}"
        )

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Give a marked test the fixture that the marker is about."""
        names = getattr(item, "fixturenames", None)
        if names is not None and item.get_closest_marker(MARKER) and _FIXTURE not in names:
            names.insert(0, _FIXTURE)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any]
    ) -> Generator[None, object, object]:
        """Notice that a fixture of a wider scope may have written rows, which are to stay."""
        # A fixture's failure is shown with its own lines only.
        __tracebackhide__ = True
        outcome = yield
        self._stale = self._stale or fixturedef.scope != "function"
        return outcome

    @pytest.fixture
    def moonpool_connection(self, moonpool_clean: None) -> Iterator[Any]:
        """A connection to the first database, whose transaction is rolled back after the test."""
        from moonpool.databases import rolled_back

        variable = next(name for name in self._settings.urls if os.environ.get(name))
        with rolled_back(os.environ[variable]) as connection:
            yield connection

    def _around(self, request: pytest.FixtureRequest) -> Iterator[None]:
        strategy = self._strategy(request.node)
        if strategy in ("none", "savepoint"):
            yield
            return
        self._guarded(lambda cleaner: cleaner.begin(strategy, stale=self._stale))
        self._stale = False
        yield
        for note in self._guarded(lambda cleaner: cleaner.clean(strategy)):
            warnings.warn(MoonpoolWarning(note), stacklevel=1)

    def _strategy(self, item: pytest.Item) -> str:
        marker = item.get_closest_marker(MARKER)
        if marker is None:
            return self._settings.clean or "dirty"
        strategy = marker.args[0] if marker.args else "dirty"
        if strategy not in _STRATEGIES:
            expected = ", ".join(f"`{word}`" for word in _STRATEGIES)
            raise pytest.UsageError(
                f"the marker `{MARKER}` of {item.nodeid} says {strategy!r}, expected {expected}"
            )
        return str(strategy)

    def _guarded(self, act: Any) -> list[str]:
        try:
            return [note for cleaner in self._cleaners for note in act(cleaner) or ()]
        except MoonpoolError as error:
            said = f"moonpool: {error}"
        pytest.fail(said, pytrace=False)


class _OnRequest(CleanDatabases):
    @pytest.fixture
    def moonpool_clean(self, request: pytest.FixtureRequest) -> Iterator[None]:
        """The databases of this process are clean after the test."""
        yield from self._around(request)


class _Automatic(CleanDatabases):
    @pytest.fixture(autouse=True)
    def moonpool_clean(self, request: pytest.FixtureRequest) -> Iterator[None]:
        """The databases of this process are clean after every test."""
        yield from self._around(request)
