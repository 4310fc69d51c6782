# Dekkend: `make run` starts the app, `make test` runs every test. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help run test unit browser check format texts data bench pictures build clean lock

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES ?=
PORT ?= 8501
CATALOGUES := $(wildcard coverage/locales/*/LC_MESSAGES/*.po)

help: ## List the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

# The stamps say which lock file the environment was made from.
$(VENV)/.run: requirements.lock pyproject.toml tools/hatch_build.py $(CATALOGUES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dekkend needs Python 3.11 or newer; say which with: make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/.run ## Start the app on http://127.0.0.1:8501 (PORT=... for another port)
	$(BIN)/dekkend app --port $(PORT)

# Side by side: the browser waits most of the time.
test: $(VENV)/.dev ## Run every test, those in the browser too
	@$(MAKE) --no-print-directory --jobs=2 --keep-going unit browser

unit: $(VENV)/.dev ## Run the tests that need no browser
	$(BIN)/python -m slipcover --source coverage --omit 'coverage/ui/*' --fail-under 90 -m pytest --ignore=tests/browser

# On a full machine a page may come later than a test waits: what failed is tried once more, and told.
browser: $(VENV)/.dev ## Run the tests in Chromium
	$(BIN)/python -m pytest tests/browser || $(BIN)/python -m pytest tests/browser --last-failed --last-failed-no-failures=none

check: $(VENV)/.dev ## Check format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.dev ## Put the code in its standard format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

texts: $(VENV)/.dev ## Bring the Dutch catalogue up to date and compile it
	$(BIN)/python tools/catalogue.py

data: $(VENV)/.dev ## Make data/ again from the source files: make data SOURCES=folder
	@test -n "$(SOURCES)" || { echo "Say where the source files are: make data SOURCES=folder"; exit 2; }
	$(BIN)/python tools/make_editions.py $(SOURCES)
	$(BIN)/python tools/make_register.py $(SOURCES)
	$(BIN)/python tools/make_example_register.py
	$(BIN)/python tools/make_templates.py

bench: $(VENV)/.dev ## Measure the speed claims
	$(BIN)/python -m benchmarks

pictures: $(VENV)/.dev ## Make the pictures of the README again from the app
	$(BIN)/python tools/screenshots.py

build: $(VENV)/.dev ## Make the wheel and the source archive in dist/
	$(BIN)/python -m hatchling build

lock: ## Renew the lock files (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade --group build pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --constraint requirements.lock --group dev pyproject.toml -o requirements-dev.lock

clean: ## Remove what was made, except data/
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis test-results
