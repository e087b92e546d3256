"""A shell script as words and operators, with quotes resolved and `${{ … }}` left whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Token", "tokens"]

_OPERATOR = re.compile(r"&&|\|\||;;|\|&|&>>?|\d*>>?(?:&\d+)?|\d*<<-?|<<<|<|[;&|()]|\n")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_HEREDOC_NAME = re.compile(r"\s*(['\"]?)([\w.!-]+)\1")
_BLANK = " \t\r"


@dataclass(frozen=True)
class Token:
    """A word, or an operator (`&&`, `|`, `>`, a line's end)."""

    text: str
    operator: bool = False
    quoted: bool = False


def tokens(script: str) -> Iterator[Token]:
    """Yield the tokens of a script; bodies of heredocs and comments are left out."""
    yield from _Lexer(script).run()


class _Lexer:
    def __init__(self, script: str) -> None:
        self._text = script
        self._at = 0
        self._waiting: list[str] = []  # Heredocs whose body begins at the next line.

    def run(self) -> Iterator[Token]:
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in _BLANK:
                self._at += 1
            elif self._text.startswith(("\\\n", "\\\r\n"), self._at):
                self._at = self._text.index("\n", self._at) + 1
            elif char == "#":
                self._skip_line()
            elif match := _OPERATOR.match(self._text, self._at):
                yield from self._operator(match)
            else:
                yield self._word()

    def _skip_line(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end

    def _operator(self, match: re.Match[str]) -> Iterator[Token]:
        self._at = match.end()
        sign = match[0]
        if sign.lstrip("0123456789") in ("<<", "<<-"):
            name = _HEREDOC_NAME.match(self._text, self._at)
            if name:
                self._at = name.end()
                self._waiting.append(name[2])
            return
        yield Token(sign, operator=True)
        if sign == "\n":
            for name_ in self._waiting:
                self._skip_heredoc(name_)
            self._waiting.clear()

    def _skip_heredoc(self, name: str) -> None:
        while self._at < len(self._text):
            end = self._text.find("\n", self._at)
            stop = len(self._text) if end < 0 else end
            line = self._text[self._at : stop]
            self._at = min(stop + 1, len(self._text))
            if line.strip() == name:
                return

    def _word(self) -> Token:
        pieces: list[str] = []
        quoted = False
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in _BLANK or char in ";&|()<>\n":
                break
            if char in "'\"`":
                quoted = True
                pieces.append(self._quoted(char))
            else:
                pieces.append(self._piece(char))
        return Token("".join(pieces), quoted=quoted)

    def _piece(self, char: str) -> str:
        match = _EXPRESSION.match(self._text, self._at)
        if match:
            self._at = match.end()
            return match[0]
        if self._text.startswith(("$(", "${"), self._at):
            return self._nested()
        if char == "\\" and self._at + 1 < len(self._text):
            follows = self._text[self._at + 1]
            self._at += 2
            return "" if follows == "\n" else follows
        self._at += 1
        return char

    def _quoted(self, quote: str) -> str:
        self._at += 1
        pieces: list[str] = []
        while self._at < len(self._text) and self._text[self._at] != quote:
            if quote == "'":
                pieces.append(self._text[self._at])
                self._at += 1
            else:
                pieces.append(self._piece(self._text[self._at]))
        self._at += 1
        return "".join(pieces)

    def _nested(self) -> str:
        """Take `$(…)` or `${…}` as it stands, with what is nested in it."""
        start = self._at
        self._at += 1
        depth = 0
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in "({":
                depth += 1
            elif char in ")}":
                depth -= 1
            elif char == "'" and depth and "'" in self._text[self._at + 1 :]:
                self._at = self._text.index("'", self._at + 1)
            self._at += 1
            if depth == 0:
                break
        return self._text[start : self._at]
