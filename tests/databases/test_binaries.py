"""PostgreSQL's programs are found where systems put them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.databases.binaries import find_binaries
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path


def _install(folder: Path, *programs: str, text: str = "#!/bin/sh\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for program in programs:
        (folder / program).write_text(text)
        (folder / program).chmod(0o755)
    return folder


def test_the_path_comes_first(tmp_path: Path) -> None:
    folder = _install(tmp_path / "bin", "initdb", "postgres")
    _install(tmp_path / "usr/lib/postgresql/15/bin", "initdb", "postgres")

    assert find_binaries(environ={"PATH": str(folder)}, root=tmp_path) == folder


def test_a_lone_link_on_the_path_leads_to_its_siblings(tmp_path: Path) -> None:
    real = _install(tmp_path / "real", "initdb", "postgres")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/initdb").symlink_to(real / "initdb")

    assert find_binaries(environ={"PATH": str(tmp_path / "bin")}, root=tmp_path) == real


def test_pg_config_is_asked(tmp_path: Path) -> None:
    real = _install(tmp_path / "real", "initdb", "postgres")
    tools = _install(tmp_path / "bin", "pg_config", text=f"#!/bin/sh\necho {real}\n")

    assert find_binaries(environ={"PATH": str(tools)}, root=tmp_path) == real


def test_the_newest_known_version_that_is_whole_is_taken(tmp_path: Path) -> None:
    for version in ("9.6", "15"):
        _install(tmp_path / f"usr/lib/postgresql/{version}/bin", "initdb", "postgres")
    _install(tmp_path / "usr/lib/postgresql/17/bin", "initdb")
    expected = tmp_path / "usr/lib/postgresql/15/bin"

    assert find_binaries(environ={"PATH": ""}, root=tmp_path) == expected


def test_missing_programs_are_an_error_that_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(MoonpoolError) as caught:
        find_binaries(environ={"PATH": str(tmp_path)}, root=tmp_path, wheels=())

    assert caught.value.message.startswith(
        "no PostgreSQL server programs found: looked for `initdb` and `postgres` on PATH"
    )
    assert "`/usr/lib/postgresql/*/bin`" in caught.value.message
    assert "apt-get install postgresql" in caught.value.hint
    assert "brew install" in caught.value.hint
    assert caught.value.exit_code == ExitCode.DATABASE


def test_a_wheel_serves_where_nothing_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _install(tmp_path / "a_server_wheel/pginstall/bin", "initdb", "postgres")
    (tmp_path / "a_server_wheel/__init__.py").write_text("raise AssertionError('imported')")
    monkeypatch.syspath_prepend(tmp_path)

    found = find_binaries(environ={"PATH": ""}, root=tmp_path, wheels=("none", "a_server_wheel"))

    assert found == folder
