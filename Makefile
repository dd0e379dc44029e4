# `make help` lists every verb.
SHELL := /bin/bash
BIN := .venv/bin
PYTHON ?= python3
PYTEST_WORKERS ?= 3
FAST_TMP := $(shell test -w /dev/shm && echo TMPDIR=/dev/shm)  # the tests' databases wait for no disk
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
LOCK = $(BIN)/uv pip compile --quiet $(if $(UPGRADE),--upgrade) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help setup demo run test format lint types cards bench chaos migrate lock

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | awk -F'\t' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: $(BIN)/duebot  ## build .venv/bin/duebot
	@echo "Ready: $(BIN)/duebot. Try: $(BIN)/duebot --help"

$(BIN)/duebot: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Duebot needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another with: make setup PYTHON=python3.12")'
	@echo "Building Duebot in .venv; the first time takes about a minute."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $(BIN)/duebot

.venv/test-tools: requirements-test.lock $(BIN)/duebot
	@echo "Installing the test tools in .venv."
	@$(PIP) --require-hashes -r requirements-test.lock
	@touch .venv/test-tools

demo: $(BIN)/duebot  ## the sample book, its cards and mails, and the inbox in your browser (ONCE=1: exit after the run)
	@$(BIN)/duebot demo $(if $(ONCE),--once)

run: $(BIN)/duebot  ## serve with the settings of this folder
	$(BIN)/duebot serve

migrate: $(BIN)/duebot  ## bring the database's schema up to date
	$(BIN)/duebot migrate

test: lint types  ## everything: formatting, lint, import contracts, types, tests (ARGS="-k name": only some; DATABASE=postgresql or sqlite: on that kind alone)
	tests/peers/setup
	TEST_DATABASE=$(DATABASE) $(FAST_TMP) $(BIN)/pytest -n $(PYTEST_WORKERS) --dist worksteal $(ARGS)

format: .venv/test-tools  ## rewrite the code as the house style wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: .venv/test-tools  ## ruff and the import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: .venv/test-tools  ## mypy --strict
	$(BIN)/mypy

cards: .venv/test-tools  ## write the golden cards anew; read the difference before you commit it
	UPDATE_GOLDEN=1 $(BIN)/pytest -q -n0 tests/cards

bench: .venv/test-tools  ## how fast it is beside the least work for the same result, as JSON lines (BENCH=tick: only this one; SIZE=100000)
	@$(BIN)/python -m tests.bench $(BENCH)

chaos: .venv/test-tools  ## processes and databases are killed and vendors fail; is anything lost or sent twice? (ROUNDS=200, SEED=7, DATABASE=sqlite)
	@$(BIN)/python -m tests.chaos $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED)) $(if $(DATABASE),--database $(DATABASE))

lock: $(BIN)/duebot  ## lock what pyproject.toml asks for, as it is locked already where it can be (UPGRADE=1: the newest allowed versions)
	@$(PIP) uv
	$(LOCK) --group build -o requirements.lock
	$(LOCK) --group test --constraint requirements.lock -o requirements-test.lock
