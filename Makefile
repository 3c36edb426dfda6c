.RECIPEPREFIX := >
SHELL := /bin/bash
.DEFAULT_GOAL := help

PY ?= python3
BIN := .venv/bin
UV := .tools/bin/uv

APT := apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends
CHROMIUM := $(APT) chromium > /dev/null
# Programs only: while they are installed no service may start, and later those that came with them stay off.
MAILSERVERS := policy=/usr/sbin/policy-rc.d; off=""; mine=""; \
  for one in dovecot exim4; do command -v $$one > /dev/null || off="$$off $$one"; done; \
  [ -e $$policy ] || { printf "\043!/bin/sh\nexit 101\n" > $$policy && chmod +x $$policy && mine=yes; }; \
  $(APT) --no-remove dovecot-imapd exim4-daemon-light > /dev/null; code=$$?; \
  [ -z "$$mine" ] || rm $$policy; \
  ! command -v systemctl > /dev/null || systemctl -q disable $$off 2> /dev/null; \
  exit $$code

# Node of this machine, if it is new enough (portal/package.json); else one from PyPI, in a venv of its own.
NODE_OK := $(shell command -v npm > /dev/null && node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
  process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2> /dev/null && echo yes)
ifneq ($(NODE_OK),yes)
export PATH := $(CURDIR)/.node/bin:$(PATH)
NODE := .node/.done
endif
NPM := npm --prefix portal --loglevel=error
PORTAL := $(shell find portal/src portal/public portal/*.ts portal/*.cjs portal/*.html portal/*.json -type f 2> /dev/null)

.PHONY: help install install-runtime portal browser mailservers run test quick check format bench prove-kills prove-silence openapi screenshots lock clean

help: ## list the targets
> @grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

install: .venv/.done portal/node_modules/.done ## make .venv and portal/node_modules from the locks
install-runtime: .tools/.done ## make .venv with what running needs, for an image
> @$(UV) venv -q --allow-existing --python $(PY) .venv
> @$(UV) pip sync -q --python $(BIN)/python --require-hashes requirements.lock && rm -f .venv/.done
portal: portal/dist/index.html ## build the portal; brings its own Node if there is none
browser: ## install Debian's Chromium, which the tests use, unless it is there
> @command -v chromium > /dev/null || { \
>   [ "$$(id -u)" = 0 ] && root="" || root=sudo; $$root sh -c '$(CHROMIUM)'; }
mailservers: ## install Debian's Dovecot and Exim, which the tests use, unless they are there; no service is started
> @PATH="$$PATH:/usr/sbin"; { command -v dovecot && command -v exim4; } > /dev/null || { \
>   [ "$$(id -u)" = 0 ] && root="" || root=sudo; $$root sh -c '$(MAILSERVERS)'; }
run: .venv/.done ## start the demo on this machine: database, emulators, an agent, the portal
> @$(MAKE) --no-print-directory portal || echo "The portal could not be built; the rest works without it."
> @$(BIN)/python -m runtime demo
test: .venv/.done browser mailservers portal .stamps/portal-tests ## everything the tests need, and the tests
> @$(BIN)/python -m pytest -q -n 2
quick: .venv/.done browser mailservers portal ## the tests without the slow ones
> @$(BIN)/python -m pytest -q -n 2 -m "not slow"
check: .venv/.done .stamps/portal-types ## lint, formatting, types, import contracts, clean locks
> @$(BIN)/ruff check .
> @$(BIN)/ruff format --check .
> @$(BIN)/mypy
> @$(BIN)/lint-imports
> @! grep -nE 'https?://|index-url|find-links' requirements*.lock
format: .venv/.done portal/node_modules/.done ## format the code and apply safe fixes
> @$(BIN)/ruff format .
> @$(BIN)/ruff check --fix-only -q .
> @$(NPM) run -s format
bench: .venv/.done ## figures against baselines (bench/README.md)
> @$(BIN)/python -m bench
prove-kills: .venv/.done ## kill -9 between webhook and reply, 200 times on each database
> @$(BIN)/python -m bench.kills
openapi: .venv/.done portal/node_modules/.done ## refresh docs/openapi.json, and the portal's types of it
> @$(BIN)/python -m runtime openapi > docs/openapi.json
> @$(NPM) run -s schema
prove-silence: .venv/.done ## takeovers at any moment of a turn, 10,000 on each database
> @$(BIN)/python -m bench.silence
screenshots: .venv/.done browser portal ## pictures of every screen, for docs/portal.md
> @$(BIN)/python -m tests.browser.gallery
lock: .tools/.done ## refresh the locks from requirements*.in
> @for f in requirements requirements-dev portal/node; do \
>   $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header $$f.in -o $$f.lock || exit 1; done
clean: ## remove everything that can be made again
> @rm -rf .venv .tools .node .stamps portal/node_modules portal/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

.tools/.done:
> @$(PY) -m pip install -q --disable-pip-version-check --root-user-action=ignore --target .tools uv==0.13.9 && touch $@
.venv/.done: requirements-dev.lock .tools/.done
> @$(UV) venv -q --allow-existing --python $(PY) .venv
> @$(UV) pip sync -q --python $(BIN)/python --require-hashes requirements-dev.lock && touch $@
.node/.done: portal/node.lock .tools/.done
> @$(UV) venv -q --allow-existing --python $(PY) .node
> @$(UV) pip sync -q --python .node/bin/python --require-hashes portal/node.lock && touch $@
portal/node_modules/.done: portal/package-lock.json portal/.npmrc $(NODE)
> @cd portal && npm ci --loglevel=error > /dev/null && touch node_modules/.done
portal/dist/index.html: portal/node_modules/.done $(PORTAL)
> @$(NPM) run -s build -- --logLevel warn
.stamps/portal-types: portal/node_modules/.done docs/openapi.json $(PORTAL)
> @$(NPM) run -s lint -- --log-level=error && $(NPM) run -s typecheck && $(NPM) run -s schema:check
> @mkdir -p .stamps && touch $@
.stamps/portal-tests: portal/node_modules/.done $(PORTAL)
> @$(NPM) run -s test
> @mkdir -p .stamps && touch $@
