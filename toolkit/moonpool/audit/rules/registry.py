"""All rules, in the order in which the documentation lists them."""

from __future__ import annotations

from moonpool.audit.rules import (
    g00_syntax,
    g01_ungated_deploy,
    g02_gate_wrong_sha,
    g03_dangling,
    m01_moon_shallow,
    m02_phantom_target,
    m03_moon_no_cache,
    m04_target_subsumed,
    r01_verify_in_deploy,
    r01b_reusable_double,
    r02_push_and_pull_request,
    r02b_closed_reruns,
    r03_orphan,
    r04_duplicate_in_run,
    r05_no_cancel,
    r06_no_dependency_cache,
    r07_no_docker_cache,
    r08_browser_download,
    r09_serial_without_data,
    r10_no_affected_filter,
    r11_setup_before_gate,
    r12_rebuild,
    r13_pytest_serial,
)

__all__ = ["RULES", "SYNTAX"]

RULES = (
    r01_verify_in_deploy.RULE,
    r01b_reusable_double.RULE,
    r02_push_and_pull_request.RULE,
    r02b_closed_reruns.RULE,
    r03_orphan.RULE,
    r04_duplicate_in_run.RULE,
    r05_no_cancel.RULE,
    r06_no_dependency_cache.RULE,
    r07_no_docker_cache.RULE,
    r08_browser_download.RULE,
    r09_serial_without_data.RULE,
    r10_no_affected_filter.RULE,
    r11_setup_before_gate.RULE,
    r12_rebuild.RULE,
    r13_pytest_serial.RULE,
    m01_moon_shallow.RULE,
    m02_phantom_target.RULE,
    m03_moon_no_cache.RULE,
    m04_target_subsumed.RULE,
    g00_syntax.RULE,
    g01_ungated_deploy.RULE,
    g02_gate_wrong_sha.RULE,
    g03_dangling.RULE,
)
# What `--check-only` looks at.
SYNTAX = (g00_syntax.RULE, g03_dangling.RULE)
