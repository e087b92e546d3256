from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.budget import Wish
from moonpool.config import Places, Settings, read_settings
from moonpool.config.databases import DatabaseKeys
from moonpool.errors import ExitCode, MoonpoolError

if TYPE_CHECKING:
    from pathlib import Path

MIB = 2**20


def _read(tmp_path: Path, project: str = "", root: str = "", **environ: str) -> Settings:
    folder = tmp_path / "packages" / "core"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(project)
    (tmp_path / "pyproject.toml").write_text(root)
    return read_settings(Places(folder, tmp_path, "core"), environ)


def _refused(tmp_path: Path, project: str = "", **environ: str) -> MoonpoolError:
    with pytest.raises(MoonpoolError) as caught:
        _read(tmp_path, project, **environ)
    assert caught.value.exit_code is ExitCode.CONFIG
    assert caught.value.slug == "configuration"
    return caught.value


def test_a_project_that_says_nothing_gets_defaults(tmp_path: Path) -> None:
    settings = _read(tmp_path)
    assert settings.workers.workers is settings.workers.share is None
    assert settings.worker_bytes is None
    assert settings.reserve_bytes == 256 * MIB
    assert settings.coverage is None
    assert settings.databases is None
    assert settings.gates is None
    assert settings.worker_env is None
    assert settings.namespace is None
    assert not settings.allow_no_tests
    assert not settings.jobserver
    assert not settings.split
    assert settings.forks
    assert settings.preload == ()


def test_all_keys_are_read(tmp_path: Path) -> None:
    settings = _read(
        tmp_path,
        "[tool.moonpool]\n"
        "workers = '50%'\n"
        "worker-memory = '1GiB'\n"
        "memory-reserve = '2GiB'\n"
        "coverage = true\n"
        "allow-no-tests = true\n"
        "jobserver = true\n"
        "split = true\n"
        "start-method = 'spawn'\n"
        "preload = ['sqlalchemy', 'django.db']\n"
        "[tool.moonpool.databases]\n"
        "urls = ['DATABASE_URL']\n"
        "default = 'postgresql:///ledger_test'\n"
        "confirmed = true\n",
    )
    assert settings.workers.share == 0.5
    assert settings.worker_bytes == 1024 * MIB
    assert settings.reserve_bytes == 2048 * MIB
    assert settings.coverage is True
    assert settings.allow_no_tests
    assert not settings.forks
    assert settings.preload == ("sqlalchemy", "django.db")
    assert settings.databases == DatabaseKeys(("DATABASE_URL",), "postgresql:///ledger_test", True)


def test_the_projects_key_wins_over_the_roots_and_the_environment_over_both(tmp_path: Path) -> None:
    root = "[tool.moonpool]\nworkers = 2\nworker-memory = '1GiB'\n"
    project = "[tool.moonpool]\nworkers = 3\n"
    settings = _read(tmp_path, project, root)
    assert settings.workers == Wish("`workers` in [tool.moonpool]", workers=3)
    assert settings.worker_bytes == 1024 * MIB
    settings = _read(tmp_path, project, root, MOONPOOL_WORKERS="4", MOONPOOL_WORKER_MEMORY="64MiB")
    assert settings.workers == Wish("MOONPOOL_WORKERS", workers=4)
    assert settings.worker_bytes == 64 * MIB


def test_xdists_variable_counts_but_ours_comes_first(tmp_path: Path) -> None:
    assert _read(tmp_path, PYTEST_XDIST_AUTO_NUM_WORKERS="3").workers.workers == 3
    both = _read(tmp_path, PYTEST_XDIST_AUTO_NUM_WORKERS="3", MOONPOOL_WORKERS="5")
    assert both.workers.workers == 5


@pytest.mark.parametrize(("word", "meant"), [("on", True), ("0", False), ("False", False)])
def test_a_switch_in_the_environment_takes_the_usual_words(
    tmp_path: Path, word: str, meant: bool
) -> None:
    assert _read(tmp_path, MOONPOOL_COVERAGE=word).coverage is meant


def test_a_misspelt_key_is_answered_with_the_right_one(tmp_path: Path) -> None:
    error = _refused(tmp_path, "[tool.moonpool]\nworker = 3\n")
    path = tmp_path / "packages" / "core" / "pyproject.toml"
    assert error.message == f"found the unknown key `worker` in [tool.moonpool] in `{path}`"
    assert error.hint == "did you mean `workers`?"


def test_a_strange_key_is_answered_with_all_keys(tmp_path: Path) -> None:
    error = _refused(tmp_path, "[tool.moonpool]\nzebra = 3\n")
    assert error.hint == (
        "known keys: allow-no-tests, contexts, coverage, coverage-inputs, databases, floor, gates, "
        "jobserver, memory-reserve, preload, split, start-method, worker-env, worker-memory, "
        "workers"
    )


@pytest.mark.parametrize("value", ["0", "1"])
def test_the_floor_is_a_worker_or_none(tmp_path: Path, value: str) -> None:
    project = f"[tool.moonpool]\nfloor = {value}\n"
    assert _read(tmp_path, project).floor == int(value)
    assert _read(tmp_path, project, MOONPOOL_FLOOR="1").floor == 1


@pytest.mark.parametrize("value", ["2", "-1", "true", "'none'"])
def test_any_other_floor_is_refused(tmp_path: Path, value: str) -> None:
    error = _refused(tmp_path, f"[tool.moonpool]\nfloor = {value}\n")
    assert error.message.startswith("`floor` in [tool.moonpool] is ")
    assert error.hint == "write 1 to start at once with one worker, or 0 to wait for a free one"


@pytest.mark.parametrize("value", ["-1", "'many'", "513", "1.5", "true", "[2]"])
def test_an_absurd_number_of_workers_is_refused(tmp_path: Path, value: str) -> None:
    error = _refused(tmp_path, f"[tool.moonpool]\nworkers = {value}\n")
    assert error.message.startswith("`workers` in [tool.moonpool] is ")
    assert ", expected `auto`, a number" in error.message
    assert error.hint == "correct pyproject.toml"


def test_an_absurd_variable_is_named(tmp_path: Path) -> None:
    error = _refused(tmp_path, MOONPOOL_WORKERS="-2")
    assert error.message.startswith("MOONPOOL_WORKERS is `-2`, expected `auto`")
    assert error.hint == "unset MOONPOOL_WORKERS, or set it to such a value"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "worker-memory = 'lots'",
            (
                "`worker-memory` in [tool.moonpool]: found `lots`, expected a quantity such as "
                "512MiB or 2GiB"
            ),
        ),
        (
            "worker-memory = '0'",
            "`worker-memory` in [tool.moonpool] is `0`, expected more than 0 bytes",
        ),
        (
            "coverage = 'perhaps'",
            "`coverage` in [tool.moonpool] is `perhaps`, expected true or false",
        ),
        (
            "start-method = 'fork'",
            "`start-method` is `fork`, expected `forkserver` or `spawn`",
        ),
        ("preload = 'django'", "`preload` is 'django', expected modules of installed packages"),
        (
            "preload = ['no module']",
            "`preload` is ['no module'], expected modules of installed packages",
        ),
        ("databases = 3", "[tool.moonpool.databases] is 3, expected a table"),
        (
            "databases = {urls = 'DATABASE_URL'}",
            (
                "`urls` in [tool.moonpool.databases] is 'DATABASE_URL', expected the names of "
                "environment variables"
            ),
        ),
        (
            "databases = {urls = ['A'], default = 3}",
            "`default` in [tool.moonpool.databases] is 3, expected a URL",
        ),
        (
            "databases = {url = ['A']}",
            "found the unknown key `url` in [tool.moonpool.databases]",
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(
    tmp_path: Path, line: str, message: str
) -> None:
    assert _refused(tmp_path, f"[tool.moonpool]\n{line}\n").message == message


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    error = _refused(tmp_path, "[tool.moonpool\n")
    path = tmp_path / "packages" / "core" / "pyproject.toml"
    assert error.message.startswith(f"`{path}` is not valid TOML: ")
    assert error.hint == "correct that line"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(MoonpoolError) as caught:
        read_settings(Places(tmp_path, None, "core"), {})
    assert caught.value.message.startswith(f"`{tmp_path / 'pyproject.toml'}` cannot be read: ")
    assert caught.value.hint == "make it a readable file"


def test_a_namespace_comes_from_the_environment(tmp_path: Path) -> None:
    assert _read(tmp_path, MOONPOOL_NAMESPACE="job7").namespace == "job7"


@pytest.mark.parametrize(("found", "meant"), [("2/3", "2/3"), ("1/1", None), ("", None)])
def test_a_shard_comes_from_the_environment(tmp_path: Path, found: str, meant: str | None) -> None:
    assert _read(tmp_path, MOONPOOL_SHARD=found).shard == meant


@pytest.mark.parametrize("place", ["bad", "1", "0/2", "3/2", "1/2/3", "-1/2"])
def test_a_shard_that_cannot_be_meant_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(MoonpoolError) as caught:
        _read(tmp_path, MOONPOOL_SHARD=place)
    assert caught.value.message == (f"MOONPOOL_SHARD is `{place}`, expected a shard such as `2/3`")
    assert caught.value.hint == "count from 1 to the number of shards"
