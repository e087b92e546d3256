from __future__ import annotations

import pytest

from moonpool.audit.commands.shell import Command, split_script


def _by_word(script: str, **modes: bool) -> dict[str, Command]:
    return {c.words[0]: c for c in split_script(script, **modes) if c.words}


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("a 'b c' \"d e\"", [("a", "b c", "d e")]),
        ("a # b\nc", [("a",), ("c",)]),
        ("a b#c", [("a", "b#c")]),
        ("a \\\n  b", [("a", "b")]),
        ("a; b && c || d", [("a",), ("b",), ("c",), ("d",)]),
        ("a &&\nb", [("a",), ("b",)]),
        ("a | b", [("a",), ("b",)]),
        ("cat <<EOF\nx; y\nEOF\nb", [("cat",), ("b",)]),
        ("cat <<-'EOF' > f\n  x\n  EOF\nb", [("cat",), ("b",)]),
        ('a "${{ github.sha }} $(b; c)"', [("a", "${{ github.sha }} $(b; c)")]),
        ("a ${{ x || y }}", [("a", "${{ x || y }}")]),
        ("if a; then b; else c; fi", [("a",), ("b",), ("c",)]),
        ("for x in 1 2; do a; done", [("a",)]),
        ("f() { a; }\nb", [("a",), ("b",)]),
        ("a 2>&1 > f", [("a",)]),
        ("a it\\'s", [("a", "it's")]),
        ("", []),
        ("a 'unclosed", [("a", "unclosed")]),
    ],
)
def test_scripts_are_split_as_a_shell_does(script: str, words: list[tuple[str, ...]]) -> None:
    assert [command.words for command in split_script(script)] == words


def test_variables_in_front_belong_to_the_command() -> None:
    (command,) = split_script("A=1 B='x y' pytest -q")
    assert command == Command(("pytest", "-q"), (("A", "1"), ("B", "x y")))


def test_files_that_are_written_are_told() -> None:
    (command,) = split_script('a >> "$GITHUB_OUTPUT" 2> err < in')
    assert command.writes == ("$GITHUB_OUTPUT", "err")


def test_cd_holds_for_what_follows_and_a_subshell_gives_it_back() -> None:
    commands = _by_word("cd a/b\nx\n(cd ../c; y)\nz")
    assert [commands[name].folder for name in "xyz"] == ["a/b", "a/c", "a/b"]


@pytest.mark.parametrize(
    ("script", "decides"),
    [
        ("x", True),
        ("x\necho", True),
        ("x || true", False),
        ("x || echo no", False),
        ("x || exit 1", True),
        ("x || { echo no; exit 1; }", True),
        ("x || exit 0", False),
        ("x | tee log", False),
        ("set -o pipefail\nx | tee log", True),
        ("set -euo pipefail\nx | tee log", True),
        ("echo | x", True),
        ("x && echo done", True),
        ("x && echo done\necho next", False),
        ("echo && x\necho next", True),
        ("x &", False),
        ("! x", False),
        ("if x; then echo; fi", False),
        ("set +e\nx\necho", False),
        ("set +e\nx", True),
        ("set +e\nset -e\nx\necho", True),
    ],
)
def test_a_failure_counts_or_not(script: str, decides: bool) -> None:
    assert _by_word(script)["x"].decides is decides


def test_without_e_only_the_last_command_counts() -> None:
    commands = _by_word("x\ny", strict=False)
    assert (commands["x"].decides, commands["y"].decides) == (False, True)


@pytest.mark.parametrize(
    ("script", "always"),
    [
        ("x", True),
        ("if a; then x; fi", False),
        ("if a; then b; fi\nx", True),
        ("while a; do x; done", False),
        ("f() {\n  x\n}", False),
        ("f() {\n  a\n}\nx", True),
        ("{ x; }", True),
        ("exit 0\nx", False),
        ("if a; then exit; fi\nx", False),
        ("if a; then exit $CODE; fi\nx", False),
        ("a || exit 1\nx", True),
        ("if a; then exit 10; fi\nx", True),
        ("exec a\nx", False),
        ("exec 2> log\nx", True),
    ],
)
def test_a_command_runs_always_or_not(script: str, always: bool) -> None:
    assert _by_word(script)["x"].always is always
