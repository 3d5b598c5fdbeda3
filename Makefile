# `make demo` and `make test` need git, make and python3 (3.11 or newer, with venv). Everything else is installed in .venv.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: demo demo-dapr test thorough e2e check bench lock clean

demo: $(INSTALLED)  ## set up, then lint, generate, run, list, trace and predict on real data
	@sh tools/demo.sh

demo-dapr: demo  ## the demo again, its ledger behind a Dapr sidecar; builds daprd, once
	@sh tools/demo_dapr.sh

test: check  ## set up, then everything that CI runs
	@$(BIN)/python tools/servers/build.py daprd versitygw argolint schemas >/dev/null || test -z "$$CI"
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 2 --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --fail-under=90

thorough: $(INSTALLED)  ## the properties again, with thousands of examples each; takes long
	JEYN_THOROUGH=1 $(BIN)/python -m pytest -n 2 --dist worksteal $$(grep -rl --include='test_*.py' '^from thorough import' tests)

e2e: $(INSTALLED)  ## on the cluster of KUBECONFIG; tests/e2e/README.md tells what it needs
	$(BIN)/python -m pytest -o addopts="-v -p no:valkey" tests/e2e

check: $(INSTALLED)  ## static checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --python-version 3.12
	$(BIN)/mypy --python-version 3.13
	$(BIN)/lint-imports
	$(BIN)/jeyn lint --strict
	$(BIN)/jeyn generate --check

bench: $(INSTALLED)  ## Jeyn beside its peers, in one run
	$(BIN)/python benchmarks/run.py

lock:  ## resolve requirements.lock anew; needs pip-tools
	$(PYTHON) tools/lock.py

clean:  ## remove what was installed and recorded here
	rm -rf .venv .jeyn .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage*

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Jeyn needs python3 3.11 or newer with venv; name another one with PYTHON=..." >&2; exit 1; }
	@echo "installing into .venv (about a minute, once)"
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
