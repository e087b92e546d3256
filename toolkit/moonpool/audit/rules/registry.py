"""All rules, in the order in which the documentation lists them."""

from __future__ import annotations

from moonpool.audit.rules import (
    g00_syntax,
    g03_dangling,
    r01_verify_in_deploy,
    r01b_reusable_double,
)

__all__ = ["RULES", "SYNTAX"]

RULES = (r01_verify_in_deploy.RULE, r01b_reusable_double.RULE, g00_syntax.RULE, g03_dangling.RULE)
# What `--check-only` looks at.
SYNTAX = (g00_syntax.RULE, g03_dangling.RULE)
