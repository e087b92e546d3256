"""moon: its workspace and projects, its runs, and our task templates in it."""

from moonpool.moon.child import run_group
from moonpool.moon.environment import MoonEnvironment, read_environment
from moonpool.moon.execution import affected_tasks, chosen, execution
from moonpool.moon.git import has_commit, missing_ignore_line
from moonpool.moon.needs import COMMIT_NEED, Need, needs
from moonpool.moon.program import Moon, find_moon, require_moon
from moonpool.moon.project import Project
from moonpool.moon.projects import list_projects
from moonpool.moon.rendering import render
from moonpool.moon.report import read_run_report, report_time
from moonpool.moon.runner import Runner, choose_runner, venv_runner
from moonpool.moon.templates import TaskTemplate, task_templates, templates_folder
from moonpool.moon.vendoring import (
    FOLDER,
    Step,
    Verdict,
    apply,
    plan,
    read_vendored,
    recorded_runner,
)
from moonpool.moon.workspace import Workspace, find_workspace, major_by_files

__all__ = [
    "COMMIT_NEED",
    "FOLDER",
    "Moon",
    "MoonEnvironment",
    "Need",
    "Project",
    "Runner",
    "Step",
    "TaskTemplate",
    "Verdict",
    "Workspace",
    "affected_tasks",
    "apply",
    "choose_runner",
    "chosen",
    "execution",
    "find_moon",
    "find_workspace",
    "has_commit",
    "list_projects",
    "major_by_files",
    "missing_ignore_line",
    "needs",
    "plan",
    "read_environment",
    "read_run_report",
    "read_vendored",
    "recorded_runner",
    "render",
    "report_time",
    "require_moon",
    "run_group",
    "task_templates",
    "templates_folder",
    "venv_runner",
]
