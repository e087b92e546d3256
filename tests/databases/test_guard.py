"""What looks like production is refused until somebody says that it is not."""

from __future__ import annotations

import pytest

from moonpool.databases.guard import check_disposable, production_sign
from moonpool.databases.urls import parse_url
from moonpool.errors import MoonpoolError


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("postgresql://h/app_test", None),
        ("postgresql://h/TestApp", None),
        ("postgresql://postgres@/app?host=/dev/shm/moonpool-pg-abc", None),
        ("postgresql://h/app", "a database name without `test` (`app`)"),
        ("postgresql://h/app_test?sslmode=verify-full", "`sslmode=verify-full`"),
        ("postgresql+asyncpg://h/app_test?ssl=verify-full", "`sslmode=verify-full`"),
        (
            "postgresql://u:p@x.eu-1.RDS.amazonaws.com:5432/app_test",
            "a managed host (`*.rds.amazonaws.com`)",
        ),
        ("postgresql:///app_test?host=ok,x.neon.tech", "a managed host (`*.neon.tech`)"),
        ("mysql+pymysql://h/app_test?ssl_verify_cert=true", None),
        ("mysql+asyncmy://h/app", "a database name without `test` (`app`)"),
        ("mysql://h/app_test?ssl_mode=VERIFY_IDENTITY", "`ssl_mode=VERIFY_IDENTITY`"),
        ("mysql+pymysql://h/a_test?ssl_verify_identity=true", "`ssl_verify_identity=true`"),
        ("mariadb://u:p@x.rds.amazonaws.com/a_test", "a managed host (`*.rds.amazonaws.com`)"),
    ],
)
def test_what_looks_like_production_is_named(text: str, sign: str | None) -> None:
    assert production_sign(parse_url(text, origin="it")) == sign


def test_production_is_refused_with_the_setting_that_confirms_it() -> None:
    with pytest.raises(MoonpoolError) as caught:
        check_disposable(parse_url("postgresql://h/app", origin="it"), "`URL`", confirmed=False)

    assert caught.value.message == (
        "`URL` looks like production: it has a database name without `test` (`app`)"
    )
    assert "`confirmed = true`" in caught.value.hint
    assert caught.value.slug == "database-production"


def test_a_confirmed_url_is_accepted() -> None:
    check_disposable(parse_url("postgresql://h/app", origin="it"), "`URL`", confirmed=True)
