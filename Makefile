# The door: `make demo` reads the shipped examples and serves the app; `make test` sets up and passes everything.
# Both make their own environment in $(VENV) from the hash-locked requirements, and may be run again at any time.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test check lint format types layers docs site tests browser-parts lock screenshots clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## read the shipped examples into a store of their own and serve the app
	$(BIN)/pikg demo

test: $(VENV)/.dev browser-parts check tests ## set up, then pass every check and test

check: lint types layers ## lint, types and the direction of imports

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m ontology.lint

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/tach check

tests: $(VENV)/.dev
	$(BIN)/pytest -q

format: $(VENV)/.dev ## put the code in its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.dev ## write the generated pages of docs/ anew
	$(BIN)/python docs/generate.py

site: $(VENV)/.dev ## build the documentation site into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict

screenshots: $(VENV)/.dev ## take pictures of every page into build/screenshots, and those of the README anew (needs chromium)
	PIKG_SCREENSHOTS=1 $(BIN)/pytest -q tests/browser/test_app.py -k fits_the_screen

# Debian's chromium and a Chinese font, for the browser tests: installed where we may, else said in one line.
browser-parts:
	@if command -v chromium >/dev/null 2>&1 && fc-list :lang=zh 2>/dev/null | grep -q .; then :; \
	elif command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
		echo "installing chromium and fonts-noto-cjk for the browser tests"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fontconfig fonts-noto-cjk >/dev/null \
			|| echo "could not install them: run 'apt-get install chromium fonts-noto-cjk' for the browser tests; they are skipped without"; \
	else echo "for the browser tests install chromium and a Chinese font (Debian: sudo apt-get install chromium fonts-noto-cjk); they are skipped without"; fi

lock: ## resolve pyproject.toml into the lock files anew
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev -c requirements.lock --universal --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements-dev.lock

clean: ## remove the environment and everything built

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "pikg needs Python 3.11 or later; none was found. Install one, or say where it is: make PYTHON=/path/to/python3.11 demo"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment (Debian: sudo apt-get install python3-venv)"; exit 1; }

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing pikg and the packages it stands on (pinned in requirements.lock) into $(VENV); this is done once"
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "installing pikg with its development tools (pinned in requirements-dev.lock) into $(VENV); this is done once"
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	$(PIP) install --quiet --no-deps -e .
	@touch $@ $(VENV)/.runtime
