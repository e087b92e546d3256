"""GitLab's pipelines: what `.gitlab-ci.yml` says, and what is twice or missing in it."""

from moonpool.audit.gitlab.findings import (
    dangling,
    repeated,
    serial_scripts,
    uncached,
    uninterruptible,
)
from moonpool.audit.gitlab.pipeline import FILE, Pipeline, read_pipeline

__all__ = [
    "FILE",
    "Pipeline",
    "dangling",
    "read_pipeline",
    "repeated",
    "serial_scripts",
    "uncached",
    "uninterruptible",
]
