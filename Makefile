# Two commands do everything on a fresh machine with Python 3.11: `make demo` and `make test`.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test test-scale fuzz lint format schema samples canary bench clean

demo: $(VENV)/installed
	@echo
	@echo '$$ assay check samples --trust samples/ca.pem'
	@$(BIN)/assay check samples --trust samples/ca.pem; status=$$?; \
	  echo "exit status $$status (1: something the policy alerts on was found)"; test $$status -eq 1

test: $(VENV)/developed lint
	$(BIN)/python -m pytest -n auto -m 'not scale'

test-scale: $(VENV)/developed
	$(BIN)/python -m pytest -m scale

# One parser, or all of them in turn: docs/fuzzing.md.
TARGET  ?= all
SECONDS ?= 60
fuzz: $(VENV)/developed
	$(PIP) install -e '.[fuzz]'
	$(BIN)/python -m tests.fuzz $(TARGET) --seconds $(SECONDS)

lint: $(VENV)/developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: $(VENV)/developed
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

schema: $(VENV)/developed
	$(BIN)/python -m service.schema

samples: $(VENV)/developed
	$(BIN)/python -m tools.make_samples

canary: $(VENV)/developed
	$(BIN)/python -m tools.make_canary

bench: $(VENV)/developed
	$(BIN)/python benchmarks/speed.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/made:
	$(PYTHON) -m venv $(VENV)
	@touch $@

# The demo installs what a user gets; the tests install in place, with the tools.
$(VENV)/installed: $(VENV)/made pyproject.toml
	@if [ -e $(VENV)/developed ]; then :; else echo 'Installing Assay (up to three minutes: npm brings the scripts of the pages) ...'; $(PIP) install .; fi
	@touch $@

$(VENV)/developed: $(VENV)/made pyproject.toml
	@echo 'Installing Assay with its tools (some minutes) ...'
	$(PIP) install -e '.[dev]'
	@touch $@
