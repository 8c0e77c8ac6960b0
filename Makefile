# Every command of the project. `make run` is all a user needs; `make help` lists the rest.
# Environment variables are handed on: `PORT=8001 make run`, `PYTHON=python3.13 make test`.

SHELL := /bin/sh
VENV := .venv/bin/python
WORKERS ?= 2
UV_VERSION := 0.13.9

# The first Python from 3.11 to 3.14. Each is tried, since a name on the PATH may be a shim
# of a version manager that leads nowhere.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
	>/dev/null 2>&1 && echo $$name && break; done)

.DEFAULT_GOAL := help
.PHONY: help run run-ai run-stripe environment development check imports format quick test soak e2e \
	coverage docs bench gallery lock clean python

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1	/' | \
		while IFS='	' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

run: environment ## install, bring the database up to date, serve on http://127.0.0.1:8000
	@exec $(VENV) -m flask --app wsgi devpilot serve

run-stripe: development ## serve with a Stripe of our own, where no money moves
	@exec $(VENV) -m tests.stripe_server

run-ai: development ## serve with an AI stand-in, whose answers are canned
	@exec $(VENV) -m tests.ai_server

environment: python
	@$(PYTHON) -m scripts.environment runtime

development: python
	@$(PYTHON) -m scripts.environment development

python:
	@test -n "$(PYTHON)" || { echo "DevPilot needs Python 3.11 to 3.14: install one" \
		"(Debian: apt-get install python3 python3-venv), or name it: PYTHON=/path make run" >&2; \
		exit 1; }

check: development ## the static checks: style, types, import contracts, templates
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m mypy
	@PYTHONPATH=. .venv/bin/lint-imports
	@$(VENV) -m djlint --quiet --lint templates

format: development ## lay the code out, and mend what the linter can mend
	@$(VENV) -m ruff check --fix .
	@$(VENV) -m ruff format .

quick: development ## the tests of about a minute: SQLite, no browser
	@$(VENV) -m pytest tests --db sqlite -m "not slow" -n $(WORKERS) -q

test: check ## everything: checks, tests on both databases, browser
	@$(VENV) -m pytest tests --db both -n $(WORKERS)
	@$(VENV) -m pytest e2e --db sqlite -n $(WORKERS)

# What could go on for ever goes on for long: docs/reliability.md says what and how long.
SOAKED = tests/model tests/faults tests/races tests/operations/test_kill.py

soak: development ## faults, races, kills and random stories for an hour or so, on both databases
	@DEVPILOT_SOAK=1 $(VENV) -m pytest $(SOAKED) --db both -n $(WORKERS) -q

e2e: development ## the browser tests alone
	@$(VENV) -m pytest e2e --db sqlite -n $(WORKERS)

# On its own: following every line takes time that a run of the tests need not.
coverage: development ## which lines no test reaches, in the terminal and as pages in htmlcov/
	@$(VENV) -m pytest tests --db both -n $(WORKERS) -q --cov \
		--cov-report=term:skip-covered --cov-report=html

docs: development ## write the tables of README.md and docs/ anew from the code
	@$(VENV) -m tests.docs.test_docs

bench: development ## measure against one bare Flask route, into docs/performance.md
	@$(VENV) -m bench

PAGES ?=

gallery: development ## pictures of every page into docs/gallery/, figures into docs/interface.md
	@$(VENV) -m e2e.gallery $(PAGES)

# Exact versions with their hashes, and no addresses: the files work with any index. What is
# locked stays unless its range in pyproject.toml changed, or LOCK=--upgrade says otherwise.
LOCK ?=
COMPILE = uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(LOCK)

lock: development ## write requirements*.txt from pyproject.toml (LOCK=--upgrade for new ones)
	@test -x .venv/bin/uv || $(VENV) -m pip install --quiet uv==$(UV_VERSION)
	@$(VENV) -m $(COMPILE) pyproject.toml --output-file requirements.txt
	@$(VENV) -m $(COMPILE) pyproject.toml --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt
	@$(VENV) -m $(COMPILE) --group postgres --no-deps --output-file requirements-postgres.txt

clean: ## take away what these commands made; the data in instance/ stays
	@rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
		.hypothesis htmlcov .coverage test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
