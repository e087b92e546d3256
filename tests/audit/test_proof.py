"""R1: what a job does before a check, and what caused it, belong to the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.audit.building import CI, found, only, plant, workflow

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "- run: pip install -r requirements.txt\n"
TESTS = f"{INSTALL}- run: pytest\n"
CHECKOUT = "- uses: actions/checkout@v4\n"


def _texts(root: Path) -> list[str]:
    return [entry["text"] for entry in only(root, "R1").facts["missing"]]


@pytest.mark.parametrize(
    ("steps", "missing"),
    [
        (
            "- run: pip install -r prod.txt\n- run: pytest\n",
            "`pip install -r prod.txt` runs before it only here",
        ),
        (
            f"{INSTALL}- run: uv run --extra pg pytest\n",
            "`pytest` is started `uv run --extra pg` here and by its name there",
        ),
        (
            f"{INSTALL}- run: sudo apt-get install -y libpq-dev\n- run: pytest\n",
            "`apt-get install libpq-dev` runs before it only here",
        ),
    ],
)
def test_what_is_installed_belongs_to_the_proof(tmp_path: Path, steps: str, missing: str) -> None:
    plant(tmp_path, ci=CI, deploy=workflow(steps))
    assert missing in _texts(tmp_path)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("pip install --quiet -r requirements.txt", "pip install -r requirements.txt"),
        ("npm install", "npm ci --no-audit"),
        ("yarn", "yarn install --frozen-lockfile"),
        ("npm ci && npm install -g npm@11", "npm ci"),
        ("python -m pip install --upgrade pip && pip install -e .", "pip install -e ."),
    ],
)
def test_the_manner_of_an_installation_does_not_matter(
    tmp_path: Path, here: str, there: str
) -> None:
    ci = CI.replace("pip install -r requirements.txt", there)
    plant(tmp_path, ci=ci, deploy=workflow(f"- run: {here}\n- run: pytest\n"))
    assert _texts(tmp_path) == []


def test_a_linter_needs_no_program_of_the_system(tmp_path: Path) -> None:
    ci = CI.replace("run: pytest", "run: ruff check")
    steps = f"{INSTALL}- run: sudo apt-get install tmux\n- run: ruff check\n"
    plant(tmp_path, ci=ci, deploy=workflow(steps))
    assert _texts(tmp_path) == []


@pytest.mark.parametrize("kind", ["ruff check", "pytest"])
def test_another_version_denies_a_test_and_leaves_a_linter_in_doubt(
    tmp_path: Path, kind: str
) -> None:
    ci = CI.replace("pip install -r requirements.txt", "uv python install 3.12")
    steps = f"- run: uv python install 3.10\n- run: {kind}\n"
    plant(tmp_path, ci=ci.replace("run: pytest", f"run: {kind}"), deploy=workflow(steps))
    if kind == "pytest":
        assert found(tmp_path, "R1") == ()
    else:
        assert _texts(tmp_path) == ["the version of python is `3.10` here and `3.12` there"]


def test_a_version_that_only_the_run_knows_is_a_doubt(tmp_path: Path) -> None:
    ci = CI.replace(
        "      - run: pip",
        "      - uses: actions/setup-node@v4\n        with: {node-version: 20}\n      - run: pip",
    )
    steps = f"- uses: actions/setup-node@v4\n  with: {{node-version: lts/*}}\n{TESTS}"
    plant(tmp_path, ci=ci, deploy=workflow(steps))
    assert _texts(tmp_path) == ["the version of node is `lts/*` here and `20` there"]


@pytest.mark.parametrize(("groups", "covered"), [("[a, b]", True), ("[a, b, c]", False)])
def test_each_leg_of_a_command_has_to_run_there(tmp_path: Path, groups: str, covered: bool) -> None:
    matrix = "runs-on: ubuntu-latest\n    strategy: {{matrix: {{group: {0}}}}}"
    command = "pytest -m ${{ matrix.group }}"
    ci = CI.replace("runs-on: ubuntu-latest", matrix.format("[b, a]"))
    deploy = workflow(f"{INSTALL}- run: {command}\n")
    plant(
        tmp_path,
        ci=ci.replace("run: pytest", f"run: {command}"),
        deploy=deploy.replace("runs-on: ubuntu-latest", matrix.format(groups)),
    )
    assert bool(found(tmp_path, "R1")) is covered


def test_variables_that_are_set_there_are_named(tmp_path: Path) -> None:
    ci = CI.replace(
        "      - name: Tests", "      - run: echo FAST=1 >> $GITHUB_ENV\n      - name: T"
    )
    plant(tmp_path, ci=ci, deploy=workflow(TESTS))
    assert _texts(tmp_path) == ["`echo FAST=1 >> $GITHUB_ENV` sets variables there"]


@pytest.mark.parametrize(
    ("program", "missing"),
    [
        ("url = os.environ['API_URL']\n", ["the variable `API_URL` is not set there"]),
        ("class Settings:\n    api_url: str\n", ["the variable `API_URL` is not set there"]),
        ("print('nothing')\n", []),
    ],
)
def test_a_variable_for_another_step_matters_only_if_a_program_knows_it(
    tmp_path: Path, program: str, missing: list[str]
) -> None:
    steps = f"{TESTS}- run: ./other.sh $API_URL\n"
    deploy = workflow(steps).replace("ubuntu-latest", "ubuntu-latest\n    env: {API_URL: x}")
    plant(tmp_path, ci=CI, deploy=deploy, __app_py=program)
    assert _texts(tmp_path) == missing


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ("{path: app}", None),
        ("{sparse-checkout: src}", None),
        ("{lfs: true}", ["the checkout has `lfs` only here"]),
        ("{submodules: recursive}", ["the checkout has `submodules` only here"]),
        ("{ref: '${{ github.sha }}'}", []),
        ("{ref: '${{ inputs.ref || github.ref_name }}'}", []),
        ("{ref: '${{ env.REF }}'}", []),
        ("{ref: main}", None),
        (
            "{ref: '${{ needs.bump.outputs.sha || github.sha }}'}",
            ["only the run knows which commit it checks out"],
        ),
    ],
)
def test_the_checkout_has_to_take_the_same_files(
    tmp_path: Path, inputs: str, said: list[str] | None
) -> None:
    deploy = workflow(TESTS).replace(CHECKOUT, f"{CHECKOUT}        with: {inputs}\n")
    env = "env: {REF: '${{ github.event.inputs.tag || github.ref_name }}'}\n"
    plant(tmp_path, ci=CI, deploy=env + deploy if "env." in inputs else deploy)
    if said is None:
        assert found(tmp_path, "R1") == ()
    else:
        assert _texts(tmp_path) == said


def test_a_job_that_runs_after_failures_has_no_gate_before_it(tmp_path: Path) -> None:
    job = (
        "  deploy:\n    needs: test\n    if: always()\n    runs-on: ubuntu-latest\n    steps:\n"
        f"      {CHECKOUT}      - run: pip install -r requirements.txt\n      - run: pytest\n"
        "      - run: ./deploy.sh\n"
    )
    plant(tmp_path, ci=CI + job)
    assert found(tmp_path, "R1") == ()
    plant(tmp_path, ci=(CI + job).replace("    if: always()\n", ""))
    assert only(tmp_path, "R1").fix is not None


def test_a_script_runs_without_those_around_it_where_it_is_told_so(tmp_path: Path) -> None:
    package = '{"scripts": {"pretest": "eslint .", "test": "vitest run", "lint": "eslint ."}}'
    ci = CI.replace("pip install -r requirements.txt", "npm ci")
    deploy = workflow("- run: npm ci\n- run: npm run lint\n")
    plant(tmp_path, ci=ci.replace("pytest", "npm test"), deploy=deploy, __package_json=package)
    assert only(tmp_path, "R1").fix is not None
    plant(tmp_path, ci=ci.replace("pytest", "npm test --ignore-scripts"))
    assert found(tmp_path, "R1") == ()
    plant(tmp_path, ci=ci.replace("pytest", "yarn test"))
    assert "not every version of yarn and pnpm runs" in _texts(tmp_path)[0]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("ruff format . --check", "ruff format --check ."),
        ("cargo clippy --all-features --workspace", "cargo clippy --workspace --all-features"),
        ("node --experimental-vm-modules node_modules/jest/bin/jest.js", "npx jest"),
        ("node ./node_modules/.bin/vitest run", "npx vitest run"),
    ],
)
def test_one_check_may_be_written_in_several_ways(tmp_path: Path, here: str, there: str) -> None:
    ci = CI.replace("run: pytest", f"run: {there}")
    plant(tmp_path, ci=ci, deploy=workflow(f"{INSTALL}- run: {here}\n"))
    assert len(found(tmp_path, "R1")) == 1


SUCCESS = "github.event.workflow_run.conclusion == 'success'"
ONLY_PUSHES = "runs-on: ubuntu-latest\n    if: github.event_name == 'push'"


def _follows(workflows: str, condition: str = SUCCESS) -> str:
    on = f"workflow_run: {{workflows: {workflows}, types: [completed], branches: [main]}}"
    ref = "        with: {ref: '${{ github.event.workflow_run.head_sha }}'}\n"
    text = workflow(TESTS, on).replace(CHECKOUT, f"{CHECKOUT}{ref}")
    return text.replace("    steps:\n", f"    if: {condition}\n    steps:\n", 1)


def test_each_workflow_that_is_followed_has_to_have_checked(tmp_path: Path) -> None:
    lint = CI.replace("name: CI", "name: Lint").replace("run: pytest", "run: ruff check")
    plant(tmp_path, ci=CI, lint=lint, deploy=_follows("[CI, Lint]"))
    assert found(tmp_path, "R1") == ()
    plant(tmp_path, lint=CI.replace("name: CI", "name: Lint"))
    assert [f.facts["verdict"] for f in found(tmp_path, "R1") if "deploy" in f.place.path] == [
        "fix"
    ]


def test_each_event_that_is_followed_has_to_be_checked(tmp_path: Path) -> None:
    ci = CI.replace("runs-on: ubuntu-latest", ONLY_PUSHES)
    plant(tmp_path, ci=ci, deploy=_follows("[CI]"))
    text = "it also starts after ci.yml on pull_request, where these checks do not run"
    assert _texts(tmp_path) == [text]
    narrowed = f"{SUCCESS} && github.event.workflow_run.event == 'push'"
    plant(tmp_path, deploy=_follows("[CI]", narrowed))
    assert only(tmp_path, "R1").fix is not None


def test_a_workflow_that_checks_only_requests_gates_no_push(tmp_path: Path) -> None:
    ci = CI.replace("runs-on: ubuntu-latest", ONLY_PUSHES.replace("'push'", "'pull_request'"))
    plant(tmp_path, ci=ci, deploy=_follows("[CI]"))
    assert found(tmp_path, "R1") == ()


def test_a_call_with_an_empty_input_is_one_without(tmp_path: Path) -> None:
    lint = (
        "on:\n  push: {branches: [main]}\n  workflow_call: {inputs: {ref: {type: string}}}\njobs:\n"
        f"  lint:\n    runs-on: ubuntu-latest\n    steps:\n      {CHECKOUT}"
        "        with: {ref: '${{ inputs.ref }}'}\n      - run: ruff check\n"
    )
    release = (
        "on: {push: {tags: ['v*']}}\njobs:\n  lint:\n    uses: ./.github/workflows/lint.yml\n"
        "  publish:\n    needs: lint\n    runs-on: x\n    steps: [{run: twine upload x}]\n"
    )
    plant(tmp_path, lint=lint, release=release)
    assert only(tmp_path, "R1").facts["relation"] == "E5"


def test_a_called_workflow_may_ship_on_other_occasions(tmp_path: Path) -> None:
    ci = CI.replace("  pull_request:\n", "  workflow_call:\n") + (
        "      - if: github.ref == 'refs/heads/main'\n        run: docker push x\n"
    )
    call = "  check:\n    uses: ./.github/workflows/ci.yml\n"
    publish = "  publish:\n    needs: check\n    runs-on: x\n    steps: [{run: twine upload x}]\n"
    released = f"on: {{release: {{types: [published]}}}}\njobs:\n{call}{publish}"
    plant(tmp_path, ci=ci, publish=released)
    assert only(tmp_path, "R1").facts["relation"] == "E5"
    pushed = f"on: {{push: {{branches: [main]}}}}\njobs:\n{call}{publish}"
    plant(tmp_path, publish=pushed)
    assert found(tmp_path, "R1") == ()
    assert only(tmp_path, "R1b").facts["relation"] == "E1"


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        ("env: {V: '20'}\n", "env: {V: '20'}\n", []),
        ("env: {V: '20'}\n", "env: {V: '18'}\n", None),
        ("", "", ["the version of node is not set in the same way"]),
    ],
)
def test_a_version_is_what_its_variable_says(
    tmp_path: Path, here: str, there: str, said: list[str] | None
) -> None:
    setup = "- uses: actions/setup-node@v4\n  with: {node-version: '${{ env.V }}'}\n"
    inner = setup.replace("  with", "        with")
    ci = CI.replace("      - run: pip", f"      {inner}      - run: pip")
    plant(tmp_path, ci=there + ci, deploy=here + workflow(f"{setup}{TESTS}"))
    if said is None:
        assert found(tmp_path, "R1") == ()
    else:
        assert _texts(tmp_path) == said


def test_scripts_of_other_packages_are_other_scripts(tmp_path: Path) -> None:
    ci = CI.replace("pip install -r requirements.txt", "npm ci").replace("pytest", "npm test")
    deploy = workflow("- run: npm ci\n- run: npm test --workspace=app\n")
    plant(tmp_path, ci=ci, deploy=deploy, __package_json='{"scripts": {"test": "jest"}}')
    assert found(tmp_path, "R1") == ()


def test_a_merged_request_was_tested_before(tmp_path: Path) -> None:
    on = "pull_request: {types: [closed], branches: [main]}"
    plant(tmp_path, ci=CI, deploy=workflow(TESTS, on))
    assert only(tmp_path, "R1").facts["relation"] == "E3"


def test_what_follows_a_run_is_on_the_default_branch(tmp_path: Path) -> None:
    on = "push: {tags: ['v*']}\n  workflow_run: {workflows: [CI], types: [completed]}"
    deploy = workflow(TESTS, on).replace(
        "    steps:\n", "    if: startsWith(github.ref, 'refs/tags/v')\n    steps:\n", 1
    )
    plant(tmp_path, ci=CI, deploy=deploy)
    assert only(tmp_path, "R1").facts["relation"] == "E5"


TEST_STEP = "      - name: Tests\n        run: pytest\n"


@pytest.mark.parametrize(
    ("steps", "missing"),
    [
        ("- run: |\n    export DB=pg\n    pytest\n", "the variable `DB` is not set there"),
        ("- run: |\n    source .env.prod\n    pytest\n", "the step also runs `source .env.prod`"),
        (
            "- run: echo X=1 > .env\n- run: pytest\n",
            "`echo X=1 > .env` runs before it and may change the files",
        ),
        (
            "- uses: ankane/setup-postgres@v1\n- run: pytest\n",
            "`ankane/setup-postgres` sets something up only here",
        ),
        (
            "- run: pytest\n  env: {GITHUB_TOKEN: '${{ github.token }}'}\n",
            "the variable `GITHUB_TOKEN` is not set there",
        ),
    ],
)
def test_what_is_done_only_here_is_named(tmp_path: Path, steps: str, missing: str) -> None:
    plant(tmp_path, ci=CI, deploy=workflow(INSTALL + steps))
    assert _texts(tmp_path) == [missing]


@pytest.mark.parametrize(
    ("step", "missing"),
    [
        ("run: |\n          export FAST=1\n          pytest\n", "`FAST` is set only there"),
        (
            "run: |\n          rm -rf tests/slow\n          pytest\n",
            "`rm -rf tests/slow` may change the files there",
        ),
        (
            "run: |\n          . ./ci.env\n          pytest\n",
            "`. ./ci.env` may change the files there",
        ),
        ("run: pytest\n        env: {CI: false}\n", "`CI` is set only there"),
    ],
)
def test_what_is_done_only_there_is_named(tmp_path: Path, step: str, missing: str) -> None:
    plant(tmp_path, ci=CI.replace("run: pytest\n", step), deploy=workflow(TESTS))
    assert _texts(tmp_path) == [missing]


@pytest.mark.parametrize(
    ("action", "here", "there", "missing"),
    [
        (
            "actions/download-artifact@v4",
            "name: a",
            "name: b",
            "`actions/download-artifact@v4` runs before it and may change the files",
        ),
        (
            "shivammathur/setup-php@v2",
            "extensions: redis",
            "tools: none",
            "`shivammathur/setup-php` is set up with other inputs there",
        ),
    ],
)
def test_an_action_has_to_get_the_same_inputs(
    tmp_path: Path, action: str, here: str, there: str, missing: str
) -> None:
    ci = f"      - uses: {action}\n        with: {{{there}}}\n{TEST_STEP}"
    steps = f"{INSTALL}- uses: {action}\n  with: {{{here}}}\n- run: pytest\n"
    plant(tmp_path, ci=CI.replace(TEST_STEP, ci), deploy=workflow(steps))
    assert _texts(tmp_path) == [missing]


@pytest.mark.parametrize(
    "step",
    [
        "- run: |\n    source .venv/bin/activate\n    pytest\n",
        "- run: pytest\n  env: {FORCE_COLOR: 1, CI: true}\n",
        "- run: echo hello > /tmp/log\n- run: pytest\n",
    ],
)
def test_what_no_answer_depends_on_is_no_doubt(tmp_path: Path, step: str) -> None:
    plant(tmp_path, ci=CI, deploy=workflow(INSTALL + step))
    assert _texts(tmp_path) == []


@pytest.mark.parametrize(("there", "proven"), [("", False), ("\n    secrets: inherit", True)])
def test_a_call_has_to_pass_on_the_same_secrets(tmp_path: Path, there: str, proven: bool) -> None:
    tests = (
        "on: workflow_call\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n"
        f"      {CHECKOUT}      - run: pytest\n"
    )
    call = (
        "on: {{push: {{branches: [main]}}}}\njobs:\n  t:\n    uses: ./.github/workflows/t.yml{0}\n"
    )
    publish = "  p:\n    needs: t\n    runs-on: x\n    steps: [{run: twine upload x}]\n"
    release = call.format("\n    secrets: inherit") + publish
    plant(tmp_path, t=tests, ci=call.format(there), release=release)
    assert (only(tmp_path, "R1").fix is not None) is proven


def test_a_job_in_an_environment_may_wait(tmp_path: Path) -> None:
    ci = CI.replace("ubuntu-latest", "ubuntu-latest\n    environment: ci")
    plant(tmp_path, ci=ci, deploy=workflow(TESTS))
    assert _texts(tmp_path) == ["the other job waits for what its environment asks"]


@pytest.mark.parametrize(
    ("here", "there", "relation"),
    [
        ("paths: ['src/**']", "paths: ['tests/**', 'src/**']", "E1"),
        ("paths-ignore: [docs/**, '*.md']", "paths-ignore: [docs/**]", "E1"),
        ("paths: ['src/**', 'docs/**']", "paths: ['src/**']", None),
        ("paths-ignore: [docs/**]", "paths-ignore: [docs/**, '*.md']", None),
        ("paths: ['src/**', '!src/x']", "paths: ['src/**']", None),
    ],
)
def test_a_filter_of_paths_may_lie_within_another(
    tmp_path: Path, here: str, there: str, relation: str | None
) -> None:
    ci = CI.replace("  pull_request:\n", "").replace("[main]", f"[main]\n    {there}")
    plant(tmp_path, ci=ci, deploy=workflow(TESTS, f"push: {{branches: [main], {here}}}"))
    assert [f.facts["relation"] for f in found(tmp_path, "R1")] == ([relation] if relation else [])


@pytest.mark.parametrize(
    ("shell", "proves"),
    [
        ("bash", True),
        ("bash -el {0}", True),
        ("bash --noprofile --norc -eo pipefail {0}", True),
        ("/bin/bash -e {0}", True),
        ("bash -l {0}", False),
        ("bash -o pipefail {0}", False),
        ("nix develop --command bash -e {0}", False),
        ("bash inside.sh {0}", False),
        ("python", False),
    ],
)
def test_a_shell_has_to_run_the_script_and_end_at_a_failure(
    tmp_path: Path, shell: str, proves: bool
) -> None:
    there = f"run: |\n          pytest\n          echo\n        shell: {shell}"
    plant(tmp_path, ci=CI.replace("run: pytest", there), deploy=workflow(TESTS))
    assert bool(found(tmp_path, "R1")) is proves


@pytest.mark.parametrize("both", [False, True])
def test_a_condition_may_name_another_repository(tmp_path: Path, both: bool) -> None:
    condition = "    if: github.repository == 'owner/name'\n    runs-on"
    deploy = workflow(TESTS)
    ci = CI.replace("    runs-on", condition)
    plant(tmp_path, ci=ci, deploy=deploy.replace("    runs-on", condition) if both else deploy)
    named = "it only runs there if this is the repository that its condition names"
    assert (named in _texts(tmp_path)) is not both
