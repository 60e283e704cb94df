# The one place where commands live. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
TORCH_VERSION := 2.13.0
SDKS := tests/integrations/segment/sdks
WIDGET := integrations/web/widget
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check format widget bench faults coverage train compare lock clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.ready ## Create .venv with what Hotline needs to run
setup-dev: .venv/.ready-dev $(SDKS)/node_modules/.package-lock.json $(WIDGET)/node_modules/.package-lock.json ## Add the test and lint tools

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Hotline needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.ready: .venv/bin/uv requirements.lock
	@if [ -e .venv/.ready-dev ]; then $(BIN)/uv pip sync --quiet --python $(BIN)/python requirements-dev.lock; \
	else $(BIN)/uv pip sync --quiet --python $(BIN)/python requirements.lock; fi
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

.venv/.ready-dev: .venv/bin/uv requirements-dev.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements-dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch .venv/.ready $@

$(SDKS)/node_modules/.package-lock.json: .venv/.ready-dev $(SDKS)/package-lock.json
	$(NPM) ci --prefix $(SDKS) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(WIDGET)/node_modules/.package-lock.json: .venv/.ready-dev $(WIDGET)/package-lock.json
	$(NPM) ci --prefix $(WIDGET) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

run: setup ## Serve the demo company on http://localhost:8000, no keys needed
	@$(BIN)/hotline serve

test: setup-dev ## Run every test (no outside network, no keys)
	$(BIN)/pytest

check: setup-dev ## Format, lint, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run --prefix $(WIDGET) --silent check

format: setup-dev ## Format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run --prefix $(WIDGET) --silent format

widget: setup-dev ## Build widget.js from its TypeScript
	$(NPM) run --prefix $(WIDGET) --silent build

bench: setup-dev ## Drive real servers and report (OPTIONS="--quick --only NAME --out FOLDER")
	$(BIN)/python -m tests.benchmarks load $(OPTIONS)

faults: setup-dev ## Kill and trouble Hotline for a long while, then audit what is left (exit status 1 on any break)
	$(BIN)/python -m tests.faults

coverage: setup-dev ## Run the tests and report what they do not reach
	$(BIN)/coverage run -m pytest && $(BIN)/coverage report

train: .venv-train/.ready ## Make the signal model again from knowledge/examples (half an hour on 2 cores)
	.venv-train/bin/python -m integrations.models.training

compare: .venv-train/.ready ## Measure the learning curve and other designs (hours)
	.venv-train/bin/python -m integrations.models.training --compare

.venv-train/.ready: setup requirements-train.txt
	$(PYTHON) -m venv .venv-train
	.venv-train/bin/pip install --quiet --disable-pip-version-check torch==$(TORCH_VERSION)
	.venv-train/bin/pip install --quiet --disable-pip-version-check --no-deps -r requirements-train.txt
	$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$$(.venv-train/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/hotline.pth"
	echo '$(CURDIR)' >> "$$(.venv-train/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/hotline.pth"
	@touch $@

lock: .venv/bin/uv ## Pin all dependencies again, with hashes and without addresses
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --constraint requirements.lock --group dev pyproject.toml -o requirements-dev.lock

clean: ## Remove the environment and caches (not your data)
	rm -rf .venv .venv-train $(SDKS)/node_modules $(WIDGET)/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
