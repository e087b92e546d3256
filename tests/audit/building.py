"""Repositories of a few files, written where a test wants them."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from moonpool.audit import Finding, Gate, Wish, audit, read_repository

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CI", "doubts", "found", "only", "plant", "repeated", "workflow"]

CI = """\
name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt
      - name: Tests
        run: pytest
"""


def workflow(steps: str, on: str = "push: {branches: [main]}", more: str = "") -> str:
    """Return a workflow that deploys; ``steps`` come between the checkout and the deployment."""
    body = "".join(f"      {line}\n" if line else "\n" for line in dedent(steps).splitlines())
    return (
        f"name: Deploy\non:\n  {on}\n{more}jobs:\n  deploy:\n    runs-on: ubuntu-latest\n"
        f"    steps:\n      - uses: actions/checkout@v4\n{body}      - run: ./deploy.sh\n"
    )


def plant(root: Path, **files: str) -> Path:
    """Write workflows by the names of their files, and other files by `path__to__file_txt`."""
    for name, text in files.items():
        path = (
            name.replace("__", "/").lstrip("/") if "__" in name else f".github/workflows/{name}.yml"
        )
        stem, dot, ending = path.rpartition("_")
        if "__" in name and dot:
            path = f"{stem}.{ending}"
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    return root


def found(root: Path, *rules: str, **wish: Any) -> tuple[Finding, ...]:
    """Return what the rules find."""
    if isinstance(wish.get("gate"), str):
        wish["gate"] = Gate(wish["gate"])
    asked = replace(Wish(select=frozenset(rule.lower() for rule in rules)), **wish)
    return audit(read_repository(root), asked)


def only(root: Path, *rules: str, **wish: Any) -> Finding:
    """Return the one thing that the rules find."""
    findings = found(root, *rules, **wish)
    assert len(findings) == 1, findings
    return findings[0]


def repeated(root: Path, here: str, there: str) -> tuple[Finding, ...]:
    """Return what is found where a deploy runs one command and CI the other."""
    ci = CI.replace("run: pytest", f"run: {there}")
    steps = f"- run: pip install -r requirements.txt\n- run: {here}\n"
    return found(plant(root, ci=ci, deploy=workflow(steps)), "R1")


def doubts(root: Path, here: str, there: str) -> list[str]:
    """Return what is not proven of the one command that repeats the other."""
    (finding,) = repeated(root, here, there)
    return [entry["text"] for entry in finding.facts["missing"]]
