"""CI workflows: what they do twice, what they do slowly, and the edits that mend it."""

from moonpool.audit.audit import Wish, audit
from moonpool.audit.context import Gate
from moonpool.audit.finding import Finding, Safety, Severity
from moonpool.audit.fixing import Fixed, Refusal, fix_all, write_changed
from moonpool.audit.formats.data import as_data
from moonpool.audit.formats.github import as_commands
from moonpool.audit.formats.sarif import as_sarif
from moonpool.audit.formats.text import as_text, summary
from moonpool.audit.gitlab.pipeline import FILE as GITLAB_FILE
from moonpool.audit.reading.repository import Repository, read_repository
from moonpool.audit.redundancy.verdict import ASSUMPTIONS
from moonpool.audit.rules.registry import RULES
from moonpool.audit.rulesets import proven_by
from moonpool.audit.timings import Timings, read_timings

__all__ = [
    "ASSUMPTIONS",
    "GITLAB_FILE",
    "RULES",
    "Finding",
    "Fixed",
    "Gate",
    "Refusal",
    "Repository",
    "Safety",
    "Severity",
    "Timings",
    "Wish",
    "as_commands",
    "as_data",
    "as_sarif",
    "as_text",
    "audit",
    "fix_all",
    "proven_by",
    "read_repository",
    "read_timings",
    "summary",
    "write_changed",
]
