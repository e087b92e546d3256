from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.errors import ExitCode, MoonpoolError
from moonpool.moon.program import Moon, find_moon, require_moon
from moonpool.moon.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def _moon(folder: Path, says: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "moon"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)
    return program


def test_the_workspaces_own_moon_comes_before_the_one_on_path(tmp_path: Path) -> None:
    own = _moon(tmp_path / "node_modules/.bin", "echo moon 2.5.5")
    _moon(tmp_path / "bin", "echo moon 1.41.7")
    environ = {"PATH": str(tmp_path / "bin")}
    assert find_moon(Workspace(tmp_path), environ=environ) == Moon(own, (2, 5, 5))


@pytest.mark.parametrize(("said", "major"), [("moon 1.41.0", 1), ("moon 2.4.0", 2)])
def test_the_oldest_versions_that_fit_are_taken(tmp_path: Path, said: str, major: int) -> None:
    _moon(tmp_path / "bin", f"echo {said}")
    found = find_moon(Workspace(tmp_path), environ={"PATH": str(tmp_path / "bin")})
    assert found is not None
    assert found.major == major


@pytest.mark.parametrize("version", ["1.40.9", "2.3.4", "3.0.0"])
def test_a_moon_that_cannot_read_the_templates_is_refused(tmp_path: Path, version: str) -> None:
    program = _moon(tmp_path / "bin", f"echo moon {version}")
    with pytest.raises(MoonpoolError) as raised:
        find_moon(Workspace(tmp_path), environ={"PATH": str(tmp_path / "bin")})
    assert raised.value.message == (
        f"found moon {version} at `{program}`, expected 2.4 or later, or 1.41 or later"
    )
    assert raised.value.hint == "run `npm install --save-dev @moonrepo/cli@2`"
    assert (raised.value.slug, raised.value.exit_code) == ("moon-version", ExitCode.MOON)


def test_a_program_that_is_not_moon_is_named(tmp_path: Path) -> None:
    program = _moon(tmp_path / "bin", "echo hello")
    with pytest.raises(MoonpoolError) as raised:
        find_moon(Workspace(tmp_path), environ={"PATH": str(tmp_path / "bin")})
    assert raised.value.message == (
        f"found `hello` as the version of `{program}`, expected `moon 2.5.5` or alike"
    )
    assert raised.value.hint == f"run `{program} --version`"


def test_a_moon_that_fails_says_why(tmp_path: Path) -> None:
    _moon(tmp_path / "bin", "echo 'no GLIBC' >&2; exit 3")
    with pytest.raises(MoonpoolError) as raised:
        find_moon(Workspace(tmp_path), environ={"PATH": f"{tmp_path / 'bin'}:/bin:/usr/bin"})
    assert raised.value.message == "`moon --version` failed: no GLIBC"


def test_no_moon_is_an_answer_or_an_error(tmp_path: Path) -> None:
    assert find_moon(Workspace(tmp_path), environ={"PATH": ""}) is None
    with pytest.raises(MoonpoolError) as raised:
        require_moon(Workspace(tmp_path), environ={"PATH": ""})
    assert raised.value.message == (
        f"found no `moon` on PATH or in `{tmp_path / 'node_modules' / '.bin'}`"
    )
    assert raised.value.hint == "run `npm install --save-dev @moonrepo/cli`"
    assert raised.value.slug == "moon-missing"
