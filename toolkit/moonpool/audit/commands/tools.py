"""Which tool does what, as text that is easy to read and to extend.

`TOOLS` have one use; `VERBS` depend on their first argument, `-` standing for none.
"""

from __future__ import annotations

__all__ = ["TOOLS", "VERBS"]

TOOLS = """
test: ava bats behat behave busted codecept codeceptjs ctest cucumber cypress doctest elm-test
    ginkgo gotestsum jest karma mocha newman nose2 paratest pest phpunit prove py.test pytest
    rspec stestr tap trial tsd unittest uvu vitest
lint: actionlint ansible-lint attw bandit check-manifest clang-tidy codespell commitlint
    cppcheck cpplint cspell depcheck depcruise deptry detekt djlint doc8 elm-review
    ember-template-lint eslint flake8 golangci-lint hadolint htmlhint interrogate jshint knip
    ktlint kubeconform kubeval lint-imports lockfile-lint ls-lint luacheck madge markdownlint
    markdownlint-cli2 oxlint phpcs publint pycodestyle pydoclint pydocstyle pyflakes pylint
    refurb remark reuse revive rubocop secretlint semistandard shellcheck sherif slotscheck
    solhint sqlfluff standard staticcheck stylelint swiftlint textlint tflint tslint typos vale
    vint vulture xo yamllint zizmor
types: basedpyright flow mypy phpstan psalm pyre pyrefly pyright pytype svelte-check ty
scan: brakeman cargo-audit gitleaks govulncheck grype lychee pip-audit safety semgrep snyk trivy
install: apk apt apt-get asdf brew choco conda corepack dnf fnm mamba micromamba nvm pipx proto
    rustup sdk virtualenv winget yum
ship: ansible-playbook aws az cosign doctl eas ecs-deploy fastlane fly flyctl gcloud
    gh-pages ghp-import gsutil heroku kubectl lftp ncftpput netlify railway release-it rsync
    scp semantic-release sftp skopeo sls ssh standard-version surge vercel wrangler
build: auditwheel babel bazel buildah cibuildwheel cmake electron-builder esbuild gitbook
    hugo jekyll kaniko maturin meson microbundle ncc ninja parcel pyinstaller rollup
    rspress sphinx-build swc tsup unbuild vitepress wasm-pack webpack xcodebuild
neutral: . : [ [[ awk basename cat cd chmod cmp cut date df diff dirname du echo egrep env exit
    export false file find free grep head hostname id jq local ls lscpu mkdir nproc popd
    printenv printf pushd pwd read return rm seq set shopt sleep sort source stat tail tee
    test touch tr trap tree true type ulimit uname unset wait wc which whoami yq
"""

VERBS = """
astro | types: check | build: build
biome | lint: check lint ci | format: format
buf | lint: lint | build: build
bun | test: test | install: install i add | build: build | ship: publish | scan: audit
bundle | install: install config | scan: audit
cabal | test: test | build: build | install: update
cargo | test: test nextest | lint: clippy | types: check | format: fmt | build: build doc |
    install: fetch install binstall | ship: publish | scan: audit deny
cdk | ship: deploy | build: synth
changeset | ship: publish version | lint: status
composer | install: install update require config | lint: validate | scan: audit | test: test
coverage | test: run | neutral: report xml html combine erase lcov
crystal | test: spec | build: build
dart | test: test | lint: analyze | format: format | install: pub | build: compile
deno | test: test | lint: lint | types: check | format: fmt | install: install cache | ship:
    publish | build: compile
docker | build: build buildx tag | ship: push | install: login pull | neutral: ps images
    version
dotnet | test: test | format: format | install: restore tool workload | build: build pack
    publish | ship: nuget
dune | test: runtest test | build: build
ember | test: test | build: build | ship: deploy
firebase | ship: deploy hosting:channel:deploy
flutter | test: test | lint: analyze | install: pub config | build: build
forge | test: test | format: fmt | build: build | install: install update
gem | install: install | ship: push | build: build
gh | ship: release workflow
git | neutral: status log rev-parse describe fetch config branch remote show diff | ship: push
    tag | install: submodule
gleam | test: test | types: check | format: format | build: build docs | install: deps | ship:
    publish
go | test: test | lint: vet | build: build | install: install mod get | neutral: env version
goreleaser | ship: release - | lint: check | build: build
gradle | test: test check | lint: lint ktlintcheck detekt | build: build assemble
    publishtomavenlocal | ship: publish | format: spotlesscheck
hardhat | test: test | build: compile
hatch | test: test | format: fmt | build: build | ship: publish
helm | lint: lint | install: dependency | ship: upgrade push
lerna | install: bootstrap | ship: publish version
mike | ship: deploy
lein | test: test | build: uberjar jar | ship: deploy
mill | build: compile
mix | test: test coveralls coveralls.json coveralls.html coveralls.github | lint: credo sobelow
    doctor | format: format | types: dialyzer | install: deps.get local.hex local.rebar
    archive.install | build: compile docs | scan: hex.audit deps.audit | ship: hex.publish
mkdocs | build: build | ship: gh-deploy
moon | install: setup
mvn | test: test verify | build: package install compile clean | ship: deploy
next | lint: lint | build: build
ng | test: test e2e | lint: lint | build: build
npm | install: ci i install clean-install config set link | ship: publish version | build:
    pack | scan: audit | neutral: ls list view whoami ping
nuxt | build: build generate | types: typecheck
ovsx | ship: publish
pdm | install: install sync | build: build | ship: publish
pip | install: install download | neutral: list freeze show check
pipenv | install: install sync
playwright | test: test | install: install install-deps
pnpm | install: i install add fetch config setup | ship: publish | scan: audit | neutral:
    store
poetry | install: install config add env self | lint: check | build: build | ship: publish
pre-commit | lint: run | install: install
pulumi | ship: up
rails | test: test
rake | test: test spec
rebar3 | test: eunit ct proper | lint: lint xref | types: dialyzer | format: fmt | build:
    compile release | ship: hex
react-scripts | test: test | build: build
ruff | lint: check | format: format
sam | ship: deploy | build: build
sbt | test: test | build: compile publishlocal | ship: publish
serverless | ship: deploy
spectral | lint: lint
stack | test: test | build: build
swift | test: test | build: build | install: package
tauri | build: build
tofu | lint: validate | format: fmt | install: init | ship: apply
syncpack | lint: lint list-mismatches
terraform | lint: validate | format: fmt | install: init | ship: apply
twine | neutral: check | ship: upload register
uv | install: sync pip venv python tool lock | build: build | ship: publish | neutral: cache
vite | build: build
vsce | ship: publish | build: package
vue-cli-service | lint: lint | test: test:unit | build: build
yarn | install: install - add global config set | ship: publish | scan: audit | neutral: cache
zig | format: fmt
"""
