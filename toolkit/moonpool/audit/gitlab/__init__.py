"""GitLab's pipelines: what `.gitlab-ci.yml` says, and what is twice or missing in it."""

from moonpool.audit.gitlab.findings import dangling, serial_scripts, uncached, uninterruptible
from moonpool.audit.gitlab.pipeline import FILE, Pipeline, read_pipeline
from moonpool.audit.gitlab.plan import Plan
from moonpool.audit.gitlab.repeated import checked_before, repeated, tagged_again
from moonpool.audit.gitlab.twice import doubled

__all__ = [
    "FILE",
    "Pipeline",
    "Plan",
    "checked_before",
    "dangling",
    "doubled",
    "read_pipeline",
    "repeated",
    "serial_scripts",
    "tagged_again",
    "uncached",
    "uninterruptible",
]
