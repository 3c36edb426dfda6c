.RECIPEPREFIX := >
SHELL := /bin/bash
.DEFAULT_GOAL := help

PY ?= python3
BIN := .venv/bin
UV := .tools/bin/uv

CHROMIUM := apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium > /dev/null

.PHONY: help install install-runtime browser run test quick check format bench prove-kills prove-silence openapi lock clean

help: ## list the targets
> @grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

install: .venv/.done ## make .venv from the lock
install-runtime: .tools/.done ## make .venv with what running needs, for an image
> @$(UV) venv -q --allow-existing --python $(PY) .venv
> @$(UV) pip sync -q --python $(BIN)/python --require-hashes requirements.lock && rm -f .venv/.done
browser: ## install Debian's Chromium, which the tests use, unless it is there
> @command -v chromium > /dev/null || { \
>   [ "$$(id -u)" = 0 ] && root="" || root=sudo; $$root sh -c '$(CHROMIUM)'; }
run: .venv/.done ## start the demo on this machine: database, emulators, an agent
> @$(BIN)/python -m runtime demo
test: .venv/.done browser ## everything the tests need, and the tests
> @$(BIN)/python -m pytest -q -n 2
quick: .venv/.done browser ## the tests without the slow ones
> @$(BIN)/python -m pytest -q -n 2 -m "not slow"
check: .venv/.done ## lint, formatting, types, import contracts, clean locks
> @$(BIN)/ruff check .
> @$(BIN)/ruff format --check .
> @$(BIN)/mypy
> @$(BIN)/lint-imports
> @! grep -nE 'https?://|index-url|find-links' requirements*.lock
format: .venv/.done ## format the code and apply safe fixes
> @$(BIN)/ruff format .
> @$(BIN)/ruff check --fix-only -q .
bench: .venv/.done ## figures against baselines (bench/README.md)
> @$(BIN)/python -m bench
prove-kills: .venv/.done ## kill -9 between webhook and reply, 200 times on each database
> @$(BIN)/python -m bench.kills
openapi: .venv/.done ## refresh docs/openapi.json
> @$(BIN)/python -m runtime openapi > docs/openapi.json
prove-silence: .venv/.done ## takeovers at any moment of a turn, 10,000 on each database
> @$(BIN)/python -m bench.silence
lock: .tools/.done ## refresh the locks from requirements*.in
> @for f in requirements requirements-dev; do \
>   $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $$f.in -o $$f.lock || exit 1; done
clean: ## remove everything that can be made again
> @rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis

.tools/.done:
> @$(PY) -m pip install -q --disable-pip-version-check --root-user-action=ignore --target .tools uv==0.13.9 && touch $@
.venv/.done: requirements-dev.lock .tools/.done
> @$(UV) venv -q --allow-existing --python $(PY) .venv
> @$(UV) pip sync -q --python $(BIN)/python --require-hashes requirements-dev.lock && touch $@
