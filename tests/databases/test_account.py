"""A server never runs as root."""

from __future__ import annotations

from moonpool.databases.account import server_account


def test_root_hands_the_server_to_an_unprivileged_user() -> None:
    account = server_account(uid=0)

    assert account.switched
    assert account.uid != 0
    assert account.name in ("postgres", "nobody")


def test_an_ordinary_user_runs_the_server_itself() -> None:
    account = server_account(uid=1234)

    assert (account.uid, account.switched) == (1234, False)
