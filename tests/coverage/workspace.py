"""A workspace of four projects with their data: branches, statements, nothing, and a damaged file.

``core`` measures branches and excludes by its own rules; ``web`` measures statements, also of
``core``, and keeps its generated code out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.coverage.project import write_project_data
from moonpool.coverage.workspace import DATA_FILE, ProjectInput
from tests.coverage.building import measured_code, plant

if TYPE_CHECKING:
    from pathlib import Path

_FILES = {
    "core/.coveragerc": """
        [run]
        branch = true
        source = src
        omit = src/core/vendored*
        [report]
        exclude_also = assert_never
        partial_branches = pragma: maybe
    """,
    "core/src/core/__init__.py": """
        def sign(number):
            if number < 0:
                return -1
            if number > 10**9:  # pragma: maybe
                print(number)
            return 1

        def kind(text):
            if text == "a":
                return 1
            assert_never(text)
    """,
    "core/src/core/never.py": """
        ANSWER = 42
        QUESTION = None
    """,
    "core/src/core/vendored.py": """
        THEIRS = 1
    """,
    "web/pyproject.toml": """
        [tool.coverage.run]
        source = ["src", "../core/src"]
        [tool.coverage.report]
        precision = 1
        omit = ["src/web/generated.py"]
        exclude_also = ["if number < 0:"]
    """,
    "web/src/web/__init__.py": """
        import core
        import core.vendored

        def show(number):
            return core.sign(number)

        def hide(number):
            if number < 0:
                return None
            return assert_never(number)
    """,
    "web/src/web/generated.py": """
        import web
    """,
}


def plant_workspace(root: Path) -> list[ProjectInput]:
    """Write the projects below ``root``, measure them, and return what is expected of them."""
    plant(root, dict(_FILES.items()))
    for name, act in {
        "core": "import core; core.sign(1); core.kind('a')",
        "web": "sys.path.insert(0, '../core/src'); import web.generated; web.show(-1)",
    }.items():
        measured_code(root / name, root.parent / f"data-{name}", act + "; measurement.finish()")
        write_project_data(
            root / name,
            root.parent / f"data-{name}",
            root / name / DATA_FILE,
            workspace_root=root,
        )
    plant(root, {"spoiled/.moonpool/coverage": "spoiled", "empty/README.md": "nothing here"})
    return [
        ProjectInput("core", "core", root / "core", "passed"),
        ProjectInput("web", "web", root / "web", "failed"),
        ProjectInput("spoiled", "spoiled", root / "spoiled", "passed"),
        ProjectInput("empty", "empty", root / "empty", "skipped"),
    ]
