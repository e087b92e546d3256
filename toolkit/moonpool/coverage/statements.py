"""Which statement each line of a source file belongs to, since coverage counts statements.

A change in the third line of a call is a change of the call, which coverage.py knows by its first.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["statements_of"]


def statements_of(source: str, lines: Iterable[int]) -> set[int]:
    """Return the first lines of the statements that ``lines`` belong to, and ``lines`` themselves.

    Of a statement with a body only its head counts: the body has statements of its own.
    """
    wanted = set(lines)
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return wanted
    heads = (_head(node) for node in nodes if isinstance(node, ast.stmt))
    return wanted | {head.start for head in heads if not wanted.isdisjoint(head)}


def _head(node: ast.stmt) -> range:
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    first = body[0]
    # A decorated function's line is its `def`; what stands above it runs with the decorators.
    start = min(_start(first), getattr(getattr(first, "pattern", first), "lineno", _start(first)))
    return range(node.lineno, max(start, node.lineno + 1))


def _start(node: ast.AST) -> int:
    decorators = getattr(node, "decorator_list", [])
    return int(min([getattr(node, "lineno", 1), *(entry.lineno for entry in decorators)]))
