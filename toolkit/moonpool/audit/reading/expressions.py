"""GitHub's expression language: which contexts a text refers to, and what a condition comes to.

What cannot be known before the run is UNKNOWN and stays so through every operator that it decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "OWN",
    "UNKNOWN",
    "Known",
    "Partial",
    "evaluate",
    "expressions",
    "has_status_function",
    "references",
]


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


@dataclass(frozen=True)
class Partial:
    """A text of which only the beginning is known: some branch, some pull request."""

    prefix: str


class _Own:
    """The repository's own name: equal to whatever a workflow compares it with."""


UNKNOWN = _Unknown()
OWN = _Own()
Known = str | bool | float | None | _Unknown | Partial | _Own

_TEMPLATE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|"
    r"(?P<word>[A-Za-z_][\w-]*(?:\.(?:\*|[A-Za-z_][\w-]*)|\['[^']*'\])*)|"
    r"(?P<sign>==|!=|<=|>=|&&|\|\||[!<>(),\[\]]))"
)
_STRING = re.compile(r"'(?:[^']|'')*'")
_PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.(?:\*|[A-Za-z_][\w-]*)|\['[^']*'\])+")
_STATUS = re.compile(r"\b(always|failure|cancelled)\s*\(")
_CONSTANTS: dict[str, Known] = {"true": True, "false": False, "null": None}


def expressions(text: str) -> list[str]:
    """Return the insides of every `${{ … }}`."""
    return [match[1].strip() for match in _TEMPLATE.finditer(text)]


def references(expression: str) -> Iterator[tuple[str, ...]]:
    """Yield each context path of an expression: `needs.a.outputs.b` as four words."""
    for match in _PATH.finditer(_STRING.sub(_shield, expression)):
        words = re.split(r"\.|\['|'\]\.?", match[0])
        yield tuple(word for word in words if word)


def _shield(match: re.Match[str]) -> str:
    # Texts are no references, except as a key: `env['NAME']`.
    before = match.string[match.start() - 1 : match.start()]
    return match[0] if before == "[" else "''"


def has_status_function(condition: str | None) -> bool:
    """Whether a condition lets its job or step run after a failure."""
    return bool(condition and _STATUS.search(condition))


def evaluate(condition: str, lookup: Callable[[str], Known]) -> Known:
    """Return what an `if:` comes to, or UNKNOWN; ``lookup`` knows context paths in lower case."""
    found = expressions(condition)
    body = found[0] if len(found) == 1 and condition.strip().startswith("${{") else condition
    tokens = _tokens(body)
    if tokens is None or (found and body is condition):
        return UNKNOWN
    parser = _Parser(tokens, lookup)
    try:
        value = parser.either()
    except IndexError:
        return UNKNOWN
    return value if parser.done else UNKNOWN


def _tokens(body: str) -> list[tuple[str, str]] | None:
    tokens: list[tuple[str, str]] = []
    position = 0
    body = body.rstrip()
    while position < len(body):
        match = _TOKEN.match(body, position)
        if match is None:
            return None
        kind = match.lastgroup or ""
        tokens.append((kind, match[kind]))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], lookup: Callable[[str], Known]) -> None:
        self._tokens = tokens
        self._lookup = lookup
        self._at = 0

    @property
    def done(self) -> bool:
        return self._at == len(self._tokens)

    def either(self) -> Known:
        value = self._both()
        while self._takes("||"):
            other = self._both()
            value = _either(value, other)
        return value

    def _both(self) -> Known:
        value = self._compared()
        while self._takes("&&"):
            other = self._compared()
            value = _both(value, other)
        return value

    def _compared(self) -> Known:
        value = self._negated()
        for sign in ("==", "!="):
            if self._takes(sign):
                same = _same(value, self._negated())
                return same if isinstance(same, _Unknown) else same is (sign == "==")
        if any(self._takes(sign) for sign in ("<=", ">=", "<", ">")):
            self._negated()
            return UNKNOWN
        return value

    def _negated(self) -> Known:
        if self._takes("!"):
            value = self._negated()
            return UNKNOWN if isinstance(value, _Unknown) else not _truth(value)
        return self._atom()

    def _atom(self) -> Known:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text)
        if kind == "sign":
            if text != "(":
                raise IndexError
            value = self.either()
            self._expect(")")
            return value
        if self._takes("("):
            return self._called(text.lower())
        value = _CONSTANTS[text] if text in _CONSTANTS else self._lookup(text.lower())
        while self._takes("["):
            self.either()
            self._expect("]")
            value = UNKNOWN
        return value

    def _called(self, name: str) -> Known:
        given: list[Known] = []
        while not self._takes(")"):
            given.append(self.either())
            self._takes(",")
        return _call(name, given)

    def _takes(self, sign: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == ("sign", sign):
            self._at += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise IndexError


def _truth(value: Known) -> bool:
    return bool(value)


def _either(first: Known, second: Known) -> Known:
    if isinstance(first, _Unknown):
        # `unknown || true` is true in every way that a condition can ask.
        return second if not isinstance(second, _Unknown) and _truth(second) else UNKNOWN
    return first if _truth(first) else second


def _both(first: Known, second: Known) -> Known:
    if isinstance(first, _Unknown):
        return UNKNOWN if isinstance(second, _Unknown) or _truth(second) else second
    return second if _truth(first) else first


def _same(first: Known, second: Known) -> bool | _Unknown:
    if isinstance(first, _Own) or isinstance(second, _Own):
        return True
    for one, other in ((first, second), (second, first)):
        if isinstance(one, Partial):
            fits = isinstance(other, str) and other.startswith(one.prefix)
            return UNKNOWN if fits or not isinstance(other, str) else False
    if isinstance(first, _Unknown) or isinstance(second, _Unknown):
        return UNKNOWN
    if isinstance(first, str) and isinstance(second, str):
        return first.lower() == second.lower()
    return _number(first) == _number(second)


def _number(value: Known) -> float | None:
    """A value as GitHub compares it with one of another kind; None equals nothing."""
    if isinstance(value, str):
        try:
            return float(value or 0)
        except ValueError:
            return None
    return float(value) if isinstance(value, (bool, float)) else 0.0


def _begins(prefix: str, wanted: Known) -> Known:
    if not isinstance(wanted, str) or (wanted.startswith(prefix) and wanted != prefix):
        return UNKNOWN
    return prefix.startswith(wanted)


def _call(name: str, given: list[Known]) -> Known:
    if name in ("success", "always"):
        return True
    if name in ("failure", "cancelled"):
        return False
    if name == "startswith" and len(given) == 2 and isinstance(given[0], Partial):
        return _begins(given[0].prefix, given[1])
    # To these functions nothing is an empty text.
    texts = [(value or "").lower() for value in given if value is None or isinstance(value, str)]
    if len(texts) == 2 == len(given):
        if name == "contains":
            return texts[1] in texts[0]
        if name == "startswith":
            return texts[0].startswith(texts[1])
        if name == "endswith":
            return texts[0].endswith(texts[1])
    return UNKNOWN
