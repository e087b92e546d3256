"""The moon command that tests many projects and does not stop at the first failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moonpool.moon.program import Moon, query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from moonpool.moon.project import Project
    from moonpool.moon.workspace import Workspace

__all__ = ["INPUT_VARIABLES", "affected_tasks", "chosen", "execution"]

# Those that `templates/pytest/tasks.yml` lists.
INPUT_VARIABLES = frozenset(
    {
        "MOONPOOL_CONTEXTS",
        "MOONPOOL_COVERAGE",
        "MOONPOOL_SHARD",
        "PYTEST_ADDOPTS",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
        "PYTEST_PLUGINS",
        "PYTHONHASHSEED",
        "PYTHONOPTIMIZE",
        "PYTHONPATH",
        "PYTHONWARNINGS",
        "TZ",
    }
)


def execution(moon: Moon, targets: Sequence[str]) -> list[str]:
    """Return the command line; moon 1 has no `exec`."""
    if moon.major == 1:
        return [str(moon.path), "run", *targets, "--no-bail"]
    return [str(moon.path), "exec", *targets, "--on-failure", "continue"]


def affected_tasks(
    moon: Moon, workspace: Workspace, *, environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the tasks that changed files concern, those of transitive dependents included.

    `moon exec --affected` leaves out dependents, and with `--downstream deep` it pulls in every
    project through the workspace's coverage task; the query does neither. Needs moon 2.
    """
    # moon counts a variable among a task's inputs as changed when it is merely set. Whether it
    # has changed since the last run is the hash's business.
    unset = {name: value for name, value in environ.items() if name not in INPUT_VARIABLES}
    answer = query(moon, workspace, ["affected", "--downstream", "deep"], environ=unset)
    tasks = answer.get("tasks")
    return tuple(sorted(tasks)) if isinstance(tasks, dict) else ()


def chosen(
    tasks: Iterable[str], targets: Sequence[str], projects: Sequence[Project]
) -> tuple[str, ...]:
    """Return those of ``tasks`` that the targets `:task`, `id:task` or `#tag:task` mean."""
    tags = {project.id: project.tags for project in projects}
    return tuple(task for task in tasks if any(_means(t, task, tags) for t in targets))


def _means(target: str, task: str, tags: Mapping[str, tuple[str, ...]]) -> bool:
    scope, _, name = target.rpartition(":")
    project, _, own_name = task.rpartition(":")
    if name != own_name:
        return False
    if scope.startswith("#"):
        return scope[1:] in tags.get(project, ())
    return scope in ("", "*", project)
