# `make help` lists every verb.
SHELL := /bin/bash
BIN := .venv/bin
PYTHON ?= python3
PYTEST_WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo run test format lint types cards migrate lock

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | awk -F'\t' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: $(BIN)/duebot  ## build .venv/bin/duebot

$(BIN)/duebot: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Duebot needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(BIN)/duebot

.venv/test-tools: requirements-test.lock $(BIN)/duebot
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch .venv/test-tools

demo: $(BIN)/duebot  ## the sample book, its cards and mails, and the inbox in your browser (ONCE=1: exit after the run)
	$(BIN)/duebot demo $(if $(ONCE),--once)

run: $(BIN)/duebot  ## serve with the settings of this folder
	$(BIN)/duebot serve

migrate: $(BIN)/duebot  ## bring the database's schema up to date
	$(BIN)/duebot migrate

test: lint types  ## everything: formatting, lint, import contracts, types, tests
	tests/peers/setup
	$(BIN)/pytest -n $(PYTEST_WORKERS) $(ARGS)

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

lock: .venv/test-tools  ## choose the newest allowed versions of everything and lock them
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --group build -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --group test -o requirements-test.lock
