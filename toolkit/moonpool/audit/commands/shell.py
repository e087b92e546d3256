"""A script as commands: where each runs, whether it always runs, and whether its failure counts.

`bash -e` ends a script at a failing command, but not at one that is followed by `&&` or `||`,
stands in a condition, or feeds a pipe. A check whose failure counts for nothing proves nothing.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace

from moonpool.audit.commands.lexer import Token, tokens

__all__ = ["Command", "split_script"]

_OPENERS = {"if", "while", "until", "for", "case", "select"}
_MIDDLES = {"then", "do", "else", "elif"}
_CLOSERS = {"fi", "done", "esac"}
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\+?=(.*)", re.DOTALL)
_REDIRECTION = re.compile(r"(\d*|&)(>>?|<|<<<)(&\d+)?")


@dataclass(frozen=True)
class Command:
    """One simple command; ``folder`` is relative to where the script started.

    ``decides``: its failure fails the script. ``always``: it runs whenever the script does.
    """

    words: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    folder: str = ""
    decides: bool = True
    always: bool = True
    writes: tuple[str, ...] = ()


@dataclass
class _Chain:
    """Commands joined by `&&`, `||` and `|`; ``joins`` has one sign fewer than ``commands``."""

    commands: list[Command] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    background: bool = False
    strict: bool = True
    pipefail: bool = False


def split_script(
    script: str, *, strict: bool = True, pipefail: bool = False
) -> tuple[Command, ...]:
    """Return the simple commands of a script, in order."""
    parser = _Parser(strict=strict, pipefail=pipefail)
    for token in tokens(script):
        parser.feed(token)
    return parser.finish()


class _Parser:
    def __init__(self, *, strict: bool, pipefail: bool) -> None:
        self._strict, self._pipefail = strict, pipefail
        self._chains: list[_Chain] = []
        self._chain = self._new()
        self._words: list[Token] = []
        self._folders = [""]
        self._exported: dict[str, str] = {}
        self._depth = 0  # Of blocks that may not run.
        self._in_condition = False
        self._may_have_ended = False
        self._functions = 0
        self._groups: list[bool] = []  # Open `{` and `(`; True for the body of a function.

    def feed(self, token: Token) -> None:
        if not token.operator:
            self._words.append(token)
            return
        if _REDIRECTION.fullmatch(token.text):
            self._words.append(token)
        elif token.text in ("&&", "||", "|", "|&"):
            self._end_command()
            self._chain.joins.append(token.text[0] if token.text == "|&" else token.text)
        elif token.text == "(":
            self._open_group()
        elif token.text == ")":
            self._end_command()
            if len(self._folders) > 1:
                self._folders.pop()
                self._close_group()
        else:
            self._end_line(token.text)

    def _end_line(self, sign: str) -> None:
        self._end_command()
        whole = len(self._chain.joins) < len(self._chain.commands)
        if sign == "\n" and not whole:
            return  # `a &&` goes on in the next line.
        if whole and "||" in self._chain.joins and False in self._groups:
            # What is grouped behind `||` belongs to it up to the end of the group.
            self._chain.joins.append(";")
            return
        self._chain.background = sign == "&"
        self._end_chain()

    def finish(self) -> tuple[Command, ...]:
        self._end_chain()
        last = len(self._chains) - 1
        return tuple(
            command
            for index, chain in enumerate(self._chains)
            for command in _judged(chain, final=index == last)
        )

    def _open_group(self) -> None:
        if len(self._words) == 1 and self._words[0].text not in ("(", "{"):
            # `name()` begins a function, whose body does not run here.
            self._functions += 1
            self._words.clear()
        self._folders.append(self._folders[-1])
        self._groups.append(False)

    def _new(self) -> _Chain:
        return _Chain(strict=self._strict, pipefail=self._pipefail)

    def _end_chain(self) -> None:
        self._end_command()
        if self._chain.commands:
            self._chains.append(self._chain)
        self._chain = self._new()

    def _end_command(self) -> None:
        given, self._words = self._words, []
        while given and not given[0].operator and not given[0].quoted:
            if not self._takes_keyword(given[0].text):
                break
            if given.pop(0).text in ("for", "case", "select"):
                return
        command = _command(given, self._folders[-1])
        if command is None:
            return
        env = tuple({**self._exported, **dict(command.env)}.items())
        command = replace(command, env=env)
        conditional = self._depth > 0 or self._functions > 0 or self._may_have_ended
        decides = command.decides and not self._in_condition
        self._chain.commands.append(replace(command, always=not conditional, decides=decides))
        self._obey(command)

    def _takes_keyword(self, word: str) -> bool:
        if word in _OPENERS:
            self._depth += 1
            self._in_condition = word in ("if", "while", "until")
        elif word in _MIDDLES:
            self._in_condition = word == "elif"
        elif word in _CLOSERS:
            self._depth = max(0, self._depth - 1)
        elif word == "{":
            # The braces behind `name()` are the function's.
            self._groups.append(self._functions > self._groups.count(True))
        elif word == "}":
            self._close_group()
        else:
            return False
        return True

    def _close_group(self) -> None:
        if self._groups and self._groups.pop():
            self._functions -= 1
        joins = self._chain.joins
        if joins[-1:] == [";"] and len(joins) == len(self._chain.commands):
            joins.pop()

    def _obey(self, command: Command) -> None:
        """Let `cd`, `set`, `export` and what ends the script change what follows."""
        words = command.words
        self._may_have_ended |= _may_end(words)
        if words[:1] == ("export",):
            self._exported.update(
                (found[1], found[2]) for w in words[1:] if (found := _ASSIGNMENT.fullmatch(w))
            )
        if words[:1] == ("cd",) and len(words) == 2:
            self._folders[-1] = posixpath.normpath(posixpath.join(command.folder, words[1]))
        elif words[:1] == ("set",):
            options = [word for word in words[1:] if word[:1] in "+-" and word[1:2] != "-"]
            for option in options:
                if ("e" in option[1:] and not option.endswith("o")) or "e" in option[1:-1]:
                    self._strict = option[0] == "-"
            if "pipefail" in words:
                self._pipefail = words[words.index("pipefail") - 1][:1] != "+"
        self._chain.strict, self._chain.pipefail = self._strict, self._pipefail


def _may_end(words: tuple[str, ...]) -> bool:
    """Whether a script may end here without a failure."""
    if words[:1] == ("exit",):
        return not "".join(words[1:2]).strip("0").isdigit()
    return words[:1] == ("exec",) and len(words) > 1


def _command(given: list[Token], folder: str) -> Command | None:
    words: list[str] = []
    env: list[tuple[str, str]] = []
    writes: list[str] = []
    negated = False
    position = 0
    while position < len(given):
        token = given[position]
        position += 1
        if token.operator:
            match = _REDIRECTION.fullmatch(token.text)
            if match and not match[3] and position < len(given):
                if ">" in match[2]:
                    writes.append(given[position].text)
                position += 1
        elif not words and not token.quoted and token.text == "!":
            negated = True
        elif not words and (found := _ASSIGNMENT.fullmatch(token.text)):
            env.append((found[1], found[2]))
        else:
            words.append(token.text)
    if not words and not env:
        return None
    return Command(tuple(words), tuple(env), folder, not negated, True, tuple(writes))


def _judged(chain: _Chain, *, final: bool) -> list[Command]:
    """Return the commands of a chain, each with whether its failure counts."""
    last = len(chain.commands) - 1
    return [
        replace(command, decides=command.decides and _counts(chain, index, final=final))
        if index <= last
        else command
        for index, command in enumerate(chain.commands)
    ]


def _counts(chain: _Chain, index: int, *, final: bool) -> bool:
    if chain.background or (not chain.strict and not final):
        return False
    after = chain.joins[index:]
    if after[:1] == ["|"]:
        if not chain.pipefail:
            return False
        after = after[next((i for i, join in enumerate(after) if join != "|"), len(after)) :]
    if "||" in after:
        return _gives_up(chain.commands[index + 1 + after.index("||") :])
    # In a list of `&&` only the last command ends the script, unless the script ends here anyway.
    return not after or final


def _gives_up(commands: list[Command]) -> bool:
    """Whether what follows `||` ends the script with a failure."""
    ends = [c.words for c in commands if c.words[:1] in (("exit",), ("return",), ("false",))]
    return any(words == ("false",) or words[1:2] != ("0",) for words in ends)
