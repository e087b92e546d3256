from __future__ import annotations

from moonpool.errors import ExitCode, MoonpoolError


def test_an_error_reads_as_message_and_hint() -> None:
    error = MoonpoolError("found `x`, expected `y`", hint="run `z`", slug="configuration")
    assert str(error) == "found `x`, expected `y`\nhint: run `z`"
    assert error.exit_code is ExitCode.CONFIG


def test_our_exit_codes_leave_pytests_alone() -> None:
    assert all(code.value in (0, 1) or code.value >= 64 for code in ExitCode)
