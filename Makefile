# Two commands: `make demo` shows the product at work, `make test` passes its tests. Both set up what they need.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info < (3,14))' 2>/dev/null && { echo $$p; break; }; done)

.PHONY: help setup demo run test check bench bench-quick lock forms samples clean

help: ## Show the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: $(VENV)/.ready ## Prepare .venv with the pinned packages

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found (set PYTHON=...)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || sh .ci/venv.sh "$(PYTHON)" $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## Run the real service on a scratch folder with the sample dossiers
	$(BIN)/python -m tests.demo

run: setup ## Watch inbox/ until stopped with Ctrl-C
	$(BIN)/countersign run

test: setup ## Run all tests
	@sh .ci/system-packages.sh
	$(BIN)/python -m pytest -n auto --maxprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup ## Lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## Measure how often it is wrong and what it costs (hours); writes build/bench
	@sh .ci/system-packages.sh
	$(BIN)/python -m benchmarks $(ARGS)

bench-quick: setup ## The same on a sample (under ten minutes)
	@sh .ci/system-packages.sh
	$(BIN)/python -m benchmarks --quick $(ARGS)

lock: ## Pin all packages with hashes (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-strip-extras --group dev pyproject.toml -o requirements.lock

forms: setup ## Rebuild the blank forms of the shipped packs (needs LibreOffice)
	$(BIN)/python -m tests.simulator.forms

samples: setup ## Rebuild the sample dossiers of the demo (needs LibreOffice and the fonts)
	$(BIN)/python -m tests.simulator.samples tests/samples

clean: ## Remove what make has built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .coverage
