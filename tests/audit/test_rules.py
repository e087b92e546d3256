"""Each rule on a minimal workflow: found before, gone after; and near misses that it leaves be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.audit import RULES, Safety, Wish, audit, fix_all, read_repository
from moonpool.history import FileRun, RunRecord, add_run
from tests.audit.building import CI, found, plant

if TYPE_CHECKING:
    from pathlib import Path

Files = dict[str, str]


def _job(steps: str, head: str = "    runs-on: ubuntu-latest\n", name: str = "a") -> str:
    listed = "".join(f"      {line}\n" for line in steps.splitlines())
    return f"  {name}:\n{head}    steps:\n{listed}"


def _on(event: str, *jobs: str) -> str:
    return f"on: {event}\njobs:\n{''.join(jobs)}"


CHECKOUT = "- uses: actions/checkout@v4\n"
PUSH = "{push: {branches: [main]}}"
DEPLOY = _job("- run: ./deploy.sh\n")
AFTER = "{workflow_run: {workflows: [CI], types: [completed]}}"
SUCCESS = "    if: github.event.workflow_run.conclusion == 'success'\n    runs-on: x\n"
TESTS = {f"tests__test_{n}_py": "def test(): ...\n" for n in range(12)}
MOON: Files = {
    "_moon__workspace_yml": "projects: ['packages/*']\n",
    "packages__a__moon_yml": (
        "tasks:\n  test: {command: pytest -n 4}\n"
        "  dev: {command: pytest -n 2, options: {runInCI: false}}\n"
        "  ci: {command: noop, deps: ['~:test']}\n"
    ),
}


def _moon(*steps: str) -> str:
    return _on("pull_request", _job(CHECKOUT + "".join(f"- run: {step}\n" for step in steps)))


UV = "- uses: astral-sh/setup-uv@v5\n"
NODE = CHECKOUT + "- uses: actions/setup-node@v4\n  with:\n    node-version: 22\n"
CASES: list[tuple[str, Files, Files]] = [
    (
        "R2",
        {"ci": CI, "w": _on("[push, pull_request]", _job("- run: ruff check\n"))},
        {"ci": CI, "w": _on("{push: {branches: [main]}, pull_request: }", DEPLOY)},
    ),
    (
        "R2b",
        {"w": _on("{pull_request: {types: [opened, closed]}}", _job("- run: pytest\n"))},
        {
            "w": _on(
                "{pull_request: {types: [opened, closed]}}",
                _job("- run: pytest\n  if: github.event.action != 'closed'\n"),
            )
        },
    ),
    (
        "R3",
        {"w": _on(PUSH, _job("- uses: astral-sh/setup-uv@v5\n- run: make\n"))},
        {"w": _on(PUSH, _job("- uses: astral-sh/setup-uv@v5\n- run: uv run make\n"))},
    ),
    (
        "R4",
        {"w": _on(PUSH, _job("- run: ruff check .\n"), _job("- run: ruff check .\n", name="b"))},
        {"w": _on(PUSH, _job("- run: ruff check .\n"), _job("- run: ruff check x\n", name="b"))},
    ),
    (
        "R4",
        {"w": _on(PUSH, _job("- run: ruff check\n", "    strategy: {matrix: {v: [x, y]}}\n"))},
        {"w": _on(PUSH, _job("- run: pytest\n", "    strategy: {matrix: {v: [x, y]}}\n"))},
    ),
    (
        "R5",
        {"w": _on("pull_request", _job("- run: pytest\n"))},
        {"w": "concurrency: {group: x}\n" + _on("pull_request", _job("- run: pytest\n"))},
    ),
    (
        "R6",
        {"w": _on(PUSH, _job(NODE + "- run: npm ci\n")), "_package-lock_json": "{}"},
        {"w": _on(PUSH, _job(NODE + "    cache: npm\n- run: npm ci\n")), "_package-lock_json": ""},
    ),
    (
        "R7",
        {"w": _on(PUSH, _job("- uses: docker/build-push-action@v6\n"))},
        {"w": _on(PUSH, _job("- uses: docker/build-push-action@v6\n  with: {cache-from: x}\n"))},
    ),
    (
        "R8",
        {"w": _on(PUSH, _job("- run: npx playwright install\n- run: npx playwright test\n"))},
        {
            "w": _on(
                PUSH,
                _job(
                    "- uses: actions/cache@v4\n  with: {path: ~/.cache/ms-playwright}\n"
                    "- run: npx playwright install\n- run: npx playwright test\n"
                ),
            )
        },
    ),
    (
        "R9",
        {
            "w": _on(
                PUSH,
                _job("- run: ruff check\n"),
                _job("- run: pytest\n", "    needs: a\n    runs-on: x\n", "b"),
            )
        },
        {"w": _on(PUSH, _job("- run: ruff check\n"), _job("- run: pytest\n", name="b"))},
    ),
    ("R10", {**MOON, "w": _moon("moon run :test")}, {**MOON, "w": _moon("moon ci :test")}),
    (
        "R11",
        {"w": _on(PUSH, _job("- run: npm ci\n- run: shellcheck x.sh\n"))},
        {"w": _on(PUSH, _job("- run: shellcheck x.sh\n- run: npm ci\n"))},
    ),
    (
        "R12",
        {
            "ci": _on(PUSH, _job("- run: npx vite build\n")),
            "d": _on(PUSH, _job("- run: npx vite build\n- run: ./deploy.sh\n")),
        },
        {"ci": _on(PUSH, _job("- run: npx vite build\n")), "d": _on(PUSH, DEPLOY)},
    ),
    (
        "R13",
        {**TESTS, "w": _on(PUSH, _job("- run: pytest tests\n"))},
        {**TESTS, "w": _on(PUSH, _job("- run: moonpool test tests\n"))},
    ),
    (
        "R13",
        {
            **TESTS,
            "_moon__workspace_yml": "projects: ['.']\n",
            "moon_yml": "tasks: {t: {command: 'pytest'}}\n",
            "w": _on(PUSH, DEPLOY),
        },
        {**TESTS, "w": _on(PUSH, DEPLOY)},
    ),
    (
        "M1",
        {**MOON, "w": _moon("moon ci")},
        {
            **MOON,
            "w": _moon("moon ci").replace("@v4\n", "@v4\n        with: {fetch-depth: 0}\n"),
        },
    ),
    ("M2", {**MOON, "w": _moon("moon run a:dev")}, {**MOON, "w": _moon("moon run a:test")}),
    (
        "M3",
        {"w": _on(PUSH, _job("- uses: moonrepo/setup-toolchain@v0\n  with: {cache: false}\n"))},
        {"w": _on(PUSH, _job("- uses: moonrepo/setup-toolchain@v0\n"))},
    ),
    (
        "M4",
        {**MOON, "w": _moon("moon run a:test", "moon run a:ci")},
        {**MOON, "w": _moon("moon run a:ci")},
    ),
    (
        "G1",
        {"ci": CI, "w": _on(PUSH, DEPLOY)},
        {"ci": CI, "w": _on(AFTER, DEPLOY)},
    ),
    (
        "G2",
        {"w": _on(AFTER, DEPLOY)},
        {"w": _on(AFTER, _job("- run: ./deploy.sh\n", SUCCESS))},
    ),
    (
        "G2",
        {"w": _on(AFTER, _job(CHECKOUT + "- run: ./deploy.sh\n", SUCCESS))},
        {
            "w": _on(
                AFTER,
                _job(
                    CHECKOUT + "  with: {ref: '${{ github.event.workflow_run.head_sha }}'}\n",
                    SUCCESS,
                ),
            )
        },
    ),
]
IDS = [f"{rule}-{number}" for number, (rule, _, _) in enumerate(CASES)]


def _plant(root: Path, files: Files) -> Path:
    named = {(f"__{name}" if name == "moon_yml" else name): text for name, text in files.items()}
    for name in [name for name in named if name.startswith("_moon__")]:
        file = root / ".moon" / "workspace.yml"
        file.parent.mkdir(parents=True)
        file.write_text(named.pop(name))
    return plant(root, **{n.replace("_package", "__package"): t for n, t in named.items()})


@pytest.mark.parametrize(("rule", "before", "after"), CASES, ids=IDS)
def test_a_rule_finds_what_it_is_about(
    tmp_path: Path, rule: str, before: Files, after: Files
) -> None:
    assert [f.rule for f in found(_plant(tmp_path / "before", before), rule)] == [rule]
    assert found(_plant(tmp_path / "after", after), rule) == ()


@pytest.mark.parametrize(("rule", "before", "after"), CASES, ids=IDS)
def test_a_fix_takes_the_finding_away(
    tmp_path: Path, rule: str, before: Files, after: Files
) -> None:
    repository = read_repository(_plant(tmp_path, before))
    wish = Wish(select=frozenset({rule.lower()}))
    findings = audit(repository, wish)
    fixed = fix_all(repository, lambda r: audit(r, wish), frozenset(Safety))
    fixable = [finding for finding in findings if finding.fix]
    assert fixed.refused == ()
    assert len(fixed.done) == len(fixable)
    assert len(fixed.left) == len(findings) - len(fixable)
    assert audit(fixed.repository, Wish(check_only=True)) == audit(
        repository, Wish(check_only=True)
    )


def test_every_rule_has_a_fixture_here_or_in_a_file_of_its_own() -> None:
    elsewhere = {"R1", "R1b", "G0", "G3"}
    assert {rule for rule, _, _ in CASES} | elsewhere == {rule.id for rule in RULES}


def test_a_push_to_main_is_never_cancelled_by_the_fix(tmp_path: Path) -> None:
    repository = read_repository(plant(tmp_path, ci=CI))
    wish = Wish(select=frozenset({"r5"}))
    fixed = fix_all(repository, lambda r: audit(r, wish), frozenset({Safety.SAFE}))
    text = fixed.repository.workflows[".github/workflows/ci.yml"].source.text
    assert (
        "\nconcurrency:\n"
        "  group: ${{ github.workflow }}-${{ github.event.pull_request.number || github.run_id }}\n"
        "  cancel-in-progress: true\njobs:\n"
    ) in text


ELSEWHERE = "    runs-on: ubuntu-latest\n    env: {PLAYWRIGHT_BROWSERS_PATH: x}\n"
BROWSERS = "- run: npm ci\n- run: npx playwright install --with-deps\n- run: npx playwright test\n"


def test_browsers_are_kept_as_long_as_the_lock_file_stays(tmp_path: Path) -> None:
    steps = BROWSERS.replace("- run: npx playwright install", "# Chromium and others\n\\g<0>")
    text = _on(PUSH, _job(steps.replace("\\g<0>", "- run: npx playwright install")))
    repository = read_repository(plant(tmp_path, w=text, **{"__package-lock_json": "{}"}))
    wish = Wish(select=frozenset({"r8"}))
    fixed = fix_all(repository, lambda r: audit(r, wish), frozenset({Safety.SAFE}))
    after = fixed.repository.workflows[".github/workflows/w.yml"].source.text
    cache = (
        "      - uses: actions/cache@v4\n        with:\n          path: ~/.cache/ms-playwright\n"
        "          key: playwright-${{ runner.os }}-${{ hashFiles('package-lock.json') }}\n"
    )
    assert after.replace(cache, "") == text
    assert after.index(cache) < after.index("# Chromium and others")
    assert fixed.left == ()


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (_on(PUSH, _job(BROWSERS)), {}),
        (_on(PUSH, _job(BROWSERS + "- run: npm publish\n")), {"__package-lock_json": "{}"}),
        (
            _on(PUSH, _job(BROWSERS, "    runs-on: ubuntu-latest\n    container: node:22\n")),
            {"__package-lock_json": "{}"},
        ),
        (
            _on(PUSH, _job(BROWSERS, "    runs-on: macos-latest\n")),
            {"__package-lock_json": "{}"},
        ),
        (
            _on(PUSH, _job(BROWSERS, ELSEWHERE)),
            {"__package-lock_json": "{}"},
        ),
    ],
)
def test_where_browsers_lie_elsewhere_or_are_shipped_there_is_no_fix(
    tmp_path: Path, text: str, files: Files
) -> None:
    (finding,) = found(plant(tmp_path, w=text, **files), "R8")
    assert finding.fix is None


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        ("R2", {"w": _on("push", _job("- run: pytest\n"))}),
        (
            "R2",
            {"w": _on("[push, pull_request]", _job("- run: x\n  if: github.event_name == 'push'"))},
        ),
        ("R3", {"w": _on(PUSH, _job("- uses: actions/setup-node@v4\n- run: gulp\n"))}),
        ("R3", {"w": _on(PUSH, _job("- uses: astral-sh/setup-uv@v5\n- uses: psf/black@v1\n"))}),
        (
            "R3",
            {"w": _on(PUSH, _job(UV + "- run: uv pip install -e .\n- run: python -m mypy x\n"))},
        ),
        ("R3", {"w": _on(PUSH, _job(UV + "- run: uv pip install -e .\n- run: our-program\n"))}),
        ("R3", {"w": _on(PUSH, _job(UV + "- run: uv sync\n- run: .venv/bin/our-program\n"))}),
        (
            "R3",
            {
                "w": _on(PUSH, _job("- uses: astral-sh/setup-uv@v5\n- run: bash x.sh\n")),
                "__x_sh": "#!/bin/bash\nuv run pytest\n",
            },
        ),
        (
            "R3",
            {
                "w": _on(
                    PUSH,
                    _job("- run: pytest\n", "    runs-on: x\n    services: {db: {image: y}}\n"),
                )
            },
        ),
        ("R6", {"w": _on(PUSH, _job(NODE + "- run: npm ci\n"))}),
        (
            "R6",
            {
                "w": _on(PUSH, _job(NODE + "- run: npm ci\n- run: npm publish\n")),
                "_package-lock_json": "{}",
            },
        ),
        (
            "R9",
            {
                "w": _on(
                    PUSH,
                    _job("- run: ruff check\n"),
                    _job("- run: ./deploy.sh\n", "    needs: a\n    runs-on: x\n", "b"),
                )
            },
        ),
        ("R11", {"w": _on(PUSH, _job("- run: npm ci\n- run: git diff --exit-code\n"))}),
        ("R13", {**TESTS, "w": _on(PUSH, _job("- run: pytest -n auto\n"))}),
        ("R13", {**TESTS, "w": _on(PUSH, _job("- run: pytest -k fast\n"))}),
        (
            "R13",
            {
                **TESTS,
                "w": _on(PUSH, _job("- run: pytest\n")),
                "__pytest_ini": "[pytest]\naddopts = -n auto\n",
            },
        ),
        ("M4", {**MOON, "w": _moon("moon ci a:test", "moon ci")}),
        ("G1", {"ci": CI, "w": _on(PUSH, _job("- run: pytest\n- run: ./deploy.sh\n"))}),
    ],
)
def test_near_misses_are_left_be(tmp_path: Path, rule: str, files: Files) -> None:
    assert found(_plant(tmp_path, files), rule) == ()


@pytest.mark.parametrize(
    ("place", "known"),
    [
        (".moon/cache/moonpool/history/app.jsonl", True),
        (".moon/cache/moonpool/history/packages+app.jsonl", True),
        ("packages/app/.moonpool/history.jsonl", True),
        (".moon/cache/moonpool/history/webapp.jsonl", False),
    ],
)
def test_what_workers_would_save_comes_from_the_history_of_the_project(
    tmp_path: Path, place: str, known: bool
) -> None:
    tests = {f"packages__app__{name.removeprefix('tests__')}": text for name, text in TESTS.items()}
    step = "- run: pytest\n  working-directory: packages/app\n"
    plant(tmp_path, **tests, w=_on(PUSH, _job(step)))
    seconds = {f"test_{n}.py": FileRun(10.0, 1, "x", 0.5, 0) for n in range(11)}
    long = {"test_11.py": FileRun(50.0, 1, "x", 0.5, 0)}
    run = RunRecord("x86_64", {**seconds, **long}, None, 20_000)
    assert add_run(tmp_path / place, run)
    (finding,) = found(tmp_path, "R13")
    # A quarter of 160 s is less than the longest file.
    told = "with 4 workers about 1 min 50 s of 2 min 40 s, by its history"
    untold = "how much it would save is unknown without a history of this project"
    assert finding.details[1] == (told if known else untold)
