"""A project whose coverage depends on imports, branches, contexts and files that never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.coverage.analysis import analysed
from moonpool.coverage.combine import combine
from moonpool.coverage.combined import load_combined
from moonpool.coverage.report import report_on
from moonpool.coverage.reports import FORMATS, write_reports
from tests.coverage.building import plant
from tests.coverage.workspace import plant_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from moonpool.coverage.numbers import WorkspaceNumbers

_SOURCES = {
    "src/shop/__init__.py": """
        VERSION = 1
    """,
    "src/shop/prices.py": """
        def price(amount, member):
            if member:
                amount = amount - 1
            for extra in range(amount):
                if extra > 5:
                    break
            else:
                amount += 100
            return amount


        def refund(amount):
            try:
                return 10 // amount
            except ZeroDivisionError:
                return None


        def never(amount):
            return [entry for entry in range(amount)]
    """,
    "src/shop/basket.py": """
        from shop.prices import price

        EAGER = [price(n, n % 2) for n in range(3)]


        class Basket:
            def total(self, items):
                return sum(price(item, True) for item in items)
    """,
    "src/shop/unused.py": """
        def nobody():
            return 1
    """,
    "conftest.py": """
        import sys
        sys.path.insert(0, "src")
        from shop import VERSION
    """,
    "tests/test_prices.py": """
        from shop.prices import price

        def test_member():
            assert price(3, True) == 102

        def test_many():
            assert price(20, False) == 20
    """,
    "tests/test_refund.py": """
        from shop.prices import refund

        def test_refund():
            assert refund(0) is None
    """,
    "tests/test_basket.py": """
        from shop.basket import Basket

        def test_total():
            assert Basket().total([1, 2]) == 201
    """,
}


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Path]:
    """Plant the project with the given coverage settings, in a folder named by ``place``."""

    def build(settings: str, place: str = "shop") -> Path:
        return plant(tmp_path / place, {**_SOURCES, ".coveragerc": settings})

    return build


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of four projects, combined; tests only read it."""
    root = tmp_path_factory.mktemp("monorepo") / "workspace"
    combine(plant_workspace(root), root)
    return root


@pytest.fixture(scope="session")
def reports(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all reports of the workspace that are files."""
    folder = tmp_path_factory.mktemp("reports")
    combined = load_combined(workspace)
    with analysed(combined, combined.projects, workspace) as (found, errors):
        assert errors == []
        written = write_reports(FORMATS, folder, report_on(combined.projects, found))
    assert sorted(path.relative_to(folder).as_posix() for path in written.values()) == [
        "coverage.json",
        "coverage.xml",
        "html/index.html",
        "lcov.info",
        "summary.md",
    ]
    return folder


@pytest.fixture(scope="session")
def numbers(workspace: Path) -> WorkspaceNumbers:
    """The numbers of the workspace."""
    combined = load_combined(workspace)
    with analysed(combined, combined.projects, workspace) as (found, _):
        return report_on(combined.projects, found).numbers
