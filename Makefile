# 学配 xuepei. Newcomers need two commands: `make demo` and `make test`; both set up .venv first.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-real test test-slow test-all check format bench lock clean

PYTHON ?= python3
DATASETS ?= ../shared/datasets
BIN := .venv/bin
READY := .venv/.ready
WORKERS ?= 2
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
COVERED := --cov=data --cov=features --cov=recsys --cov=training --cov-report=term --cov-fail-under=90

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Create .venv with locked dependencies

# Hashes are checked for every package. uv is quick; where it can't reach the index that pip is
# configured for, pip does the same work. LightFM is built from source and may be left out.
$(READY): requirements/bootstrap.txt requirements/dev.txt requirements/hybrid.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "xuepei needs Python 3.11 or newer; try make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "setting up .venv (once, about a minute)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/dev.txt \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@if ! command -v cc >/dev/null; then \
	  echo "no C compiler found: going on without the hybrid scorer (LightFM)"; \
	elif ! $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/hybrid.txt; then \
	  echo "LightFM did not build: going on without the hybrid scorer"; \
	fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## Tell the story: a simulated city from tables to the first explained lists
	@$(BIN)/xuepei demo

demo-real: $(READY) ## The same on real data (DATASETS=../shared/datasets)
	@$(BIN)/xuepei demo --real $(DATASETS)

test: $(READY) ## Run the default tests with coverage (under 10 minutes on 2 cores)
	@$(BIN)/pytest -n $(WORKERS) -m "not slow" $(COVERED)

test-slow: $(READY) ## Run the slow tests alone
	@$(BIN)/pytest -n $(WORKERS) -m slow

test-all: $(READY) ## Run the slow tests too
	@$(BIN)/pytest -n $(WORKERS)

check: $(READY) ## Format, lint, types, import contracts, spelling
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pyright
	@$(BIN)/lint-imports
	@$(BIN)/typos

format: $(READY) ## Format and mend what can be mended automatically
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: $(READY) ## Measure import, ranking, the planner's tables and plans of a small made city
	@$(BIN)/python experiments/000-foundation/run.py $(DATASETS)
	@rm -rf var/bench
	@$(BIN)/xuepei simulate --preset tiny --seed 7 --out var/bench/files >/dev/null
	@$(BIN)/xuepei import var/bench/files --snapshot var/bench/snapshot >/dev/null
	@$(BIN)/xuepei bench demand --snapshot var/bench/snapshot --as-of 2025-08
	@$(BIN)/xuepei bench city --snapshot var/bench/snapshot --as-of 2025-08
	@$(BIN)/xuepei bench plan --towns 24 --sites 60 --skills 20 --seconds 20 --no-cold

lock: $(READY) ## Resolve the dependencies anew
	@$(LOCK) requirements/bootstrap.in --output-file requirements/bootstrap.txt
	@$(LOCK) pyproject.toml requirements/dev.in --output-file requirements/dev.txt
	@$(LOCK) requirements/hybrid.in --constraints requirements/dev.txt --output-file requirements/hybrid.txt

clean: ## Remove the environment and everything generated
	@rm -rf .venv var dist .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
