"""The keys that GitHub knows at each level of a workflow.

From docs.github.com, "Workflow syntax for GitHub Actions". A key that is missing here is reported,
so a new one has to be added; values are checked only where a wrong one stops the workflow.
"""

from __future__ import annotations

__all__ = ["CALL_KEYS", "EVENTS", "JOB_KEYS", "STEP_KEYS", "TOP_KEYS"]

TOP_KEYS = frozenset(
    {"name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"}
)
_ANY_JOB = {"name", "needs", "if", "permissions", "concurrency", "strategy"}
CALL_KEYS = frozenset({*_ANY_JOB, "uses", "with", "secrets"})
JOB_KEYS = frozenset(
    {
        *_ANY_JOB,
        "runs-on",
        "environment",
        "outputs",
        "env",
        "defaults",
        "steps",
        "timeout-minutes",
        "continue-on-error",
        "container",
        "services",
        "snapshot",
    }
)
STEP_KEYS = frozenset(
    {
        "id",
        "if",
        "name",
        "uses",
        "run",
        "working-directory",
        "shell",
        "with",
        "env",
        "continue-on-error",
        "timeout-minutes",
    }
)
EVENTS = frozenset(
    {
        "branch_protection_rule",
        "check_run",
        "check_suite",
        "create",
        "delete",
        "deployment",
        "deployment_status",
        "discussion",
        "discussion_comment",
        "fork",
        "gollum",
        "image_version",
        "issue_comment",
        "issues",
        "label",
        "merge_group",
        "milestone",
        "page_build",
        "project",
        "project_card",
        "project_column",
        "public",
        "pull_request",
        "pull_request_comment",
        "pull_request_review",
        "pull_request_review_comment",
        "pull_request_target",
        "push",
        "registry_package",
        "release",
        "repository_dispatch",
        "schedule",
        "status",
        "watch",
        "workflow_call",
        "workflow_dispatch",
        "workflow_run",
    }
)
