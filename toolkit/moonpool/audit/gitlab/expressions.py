"""GitLab's expressions, as in `rules: if`, where some of the variables are not known.

What cannot be known before the pipeline is None, and stays so unless the rest decides.
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Unsaid", "Value", "both", "either", "evaluate", "matches"]


class Unsaid(enum.Enum):
    """A value of which only a part is known."""

    UNKNOWN = "there or not"
    SOME = "there"
    OTHER = "none of those that the pipeline names"
    DEFAULT = "the default branch, whatever its name"
    TAG = "a tag as releases have it"
    OWN = "what the project is called"


Value = str | Unsaid | None

_TOKEN = re.compile(
    r"\s*(?:\$(?P<name>\w+)|\$\{(?P<braced>\w+)\}|\"(?P<text>[^\"]*)\"|'(?P<quoted>[^']*)'|"
    r"/(?P<regex>(?:\\.|[^/\\])+)/(?P<flags>[a-z]*)|(?P<null>null)\b|"
    r"(?P<sign>==|!=|=~|!~|&&|\|\||[()]))"
)
# A branch that is not named is none of these words.
_WORDS_ONLY = re.compile(r"\^(\(\??:?)?[\w.|-]+\)?\$")
_RELEASES = ("v1.2.3", "1.2.3")


def evaluate(text: str, lookup: Callable[[str], Value]) -> bool | None:
    """Whether an expression holds; None where only the pipeline knows, or where it is not read."""
    tokens = _tokens(text)
    if not tokens:
        return None
    parser = _Parser(tokens, lookup)
    try:
        answer = parser.either()
    except (IndexError, KeyError):
        return None
    return answer if parser.done else None


def both(answers: list[bool | None]) -> bool | None:
    """Whether all of them hold."""
    if False in answers:
        return False
    return None if None in answers else True


def either(answers: list[bool | None]) -> bool | None:
    """Whether one of them holds."""
    if True in answers:
        return True
    return None if None in answers else False


def matches(value: Value, pattern: str, flags: str = "") -> bool | None:
    """Whether a value fits a regular expression, which may fit a part of it."""
    if value is None:
        return False
    try:
        compiled = re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    except re.error:
        return None  # GitLab's dialect has more than this one.
    if isinstance(value, str):
        return compiled.search(value) is not None
    if value is Unsaid.TAG and any(map(compiled.search, _RELEASES)):
        return True
    return False if value is Unsaid.OTHER and _WORDS_ONLY.fullmatch(pattern) else None


@lru_cache(maxsize=1024)
def _tokens(text: str) -> list[re.Match[str]] | None:
    tokens: list[re.Match[str]] = []
    position, text = 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return None
        tokens.append(match)
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[re.Match[str]], lookup: Callable[[str], Value]) -> None:
        self._tokens, self._lookup = tokens, lookup
        self._at = 0

    @property
    def done(self) -> bool:
        return self._at == len(self._tokens)

    def either(self) -> bool | None:
        answers = [self._both()]
        while self._takes("||"):
            answers.append(self._both())
        return either(answers)

    def _both(self) -> bool | None:
        answers = [self._compared()]
        while self._takes("&&"):
            answers.append(self._compared())
        return both(answers)

    def _compared(self) -> bool | None:
        value = self._value()
        for sign, wanted in (("==", True), ("!=", False)):
            if self._takes(sign):
                return _turned(_same(value, self._value()), wanted)
        for sign, wanted in (("=~", True), ("!~", False)):
            if self._takes(sign):
                return _turned(self._matched(value), wanted)
        return _there(value)

    def _matched(self, value: Value) -> bool | None:
        token = self._tokens[self._at]
        self._at += 1
        # A pattern may also be kept in a variable.
        return matches(value, token["regex"], token["flags"]) if token["regex"] else None

    def _value(self) -> Value:
        token = self._tokens[self._at]
        self._at += 1
        if token["sign"] == "(":
            answer = self.either()
            if not self._takes(")"):
                raise IndexError
            return {True: Unsaid.SOME, False: None, None: Unsaid.UNKNOWN}[answer]
        name = token["name"] or token["braced"]
        if name:
            return self._lookup(name)
        text = token["text"] if token["text"] is not None else token["quoted"]
        if text is not None:
            return Unsaid.UNKNOWN if "$" in text else text
        if token["null"]:
            return None
        raise IndexError

    def _takes(self, sign: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at]["sign"] == sign:
            self._at += 1
            return True
        return False


def _turned(answer: bool | None, wanted: bool) -> bool | None:
    return None if answer is None else answer is wanted


def _there(value: Value) -> bool | None:
    return None if value is Unsaid.UNKNOWN else bool(value)


def _same(one: Value, other: Value) -> bool | None:
    if Unsaid.UNKNOWN in (one, other):
        return None
    if one is None or other is None or (isinstance(one, str) and isinstance(other, str)):
        return one == other
    pair = {one, other}
    if Unsaid.OTHER in pair:
        return one is other
    text = next((value for value in pair if isinstance(value, str)), "")
    if Unsaid.TAG in pair and not re.search(r"\d", text):
        return False  # A release has a number in its name.
    if Unsaid.OWN in pair or one is other is Unsaid.DEFAULT:
        return True
    return None
