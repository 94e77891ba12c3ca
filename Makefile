# Sets everything up in .venv beside this file; installs nothing globally.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check install --quiet --no-warn-script-location
LOCAL := -e . -e adapters/minicrm -e adapters/generic
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

.PHONY: demo test check lint types docs requirements clean

demo: $(VENV)/run.done  ## play the scripted calls; ONCE=1 exits afterwards, JSON=1 prints one JSON document
	@$(BIN)/vipex demo $(if $(filter 1,$(ONCE)),--once) $(if $(filter 1,$(JSON)),--json)

test: $(VENV)/dev.done  ## run all tests
	@$(BIN)/python tests/browser.py
	$(BIN)/python -m pytest $(TEST_ARGS)

check: test lint types docs  ## everything that must hold before a change lands

lint: $(VENV)/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/dev.done
	$(BIN)/mypy
	$(BIN)/pyright

# The theme's maintainers advertise their next product on every build.
docs: export NO_MKDOCS_2_WARNING := 1
docs: $(VENV)/dev.done
	$(BIN)/mkdocs build --quiet --strict --config-file docs/mkdocs.en.yml
	$(BIN)/mkdocs build --quiet --strict --config-file docs/mkdocs.hu.yml

requirements: $(VENV)/dev.done  ## pin anew
	$(PYTHON) -m pip --python $(BIN)/python install --quiet uv
	$(COMPILE) --extra cli --extra audio pyproject.toml requirements/run.in -o requirements/run.txt
	$(COMPILE) --all-extras pyproject.toml requirements/run.in requirements/dev.in -o requirements/dev.txt

# `--without-pip` needs no ensurepip, which Debian ships apart from Python.
$(BIN)/python:
	@$(PYTHON) -m venv --without-pip $(VENV)

# The pins are the whole set (`--no-deps`): pip's resolver would look at versions newer than the pinned ones, and refuse.
$(VENV)/%.done: requirements/%.txt pyproject.toml adapters/minicrm/pyproject.toml adapters/generic/pyproject.toml | $(BIN)/python
	@echo "Installing requirements/$*.txt into $(VENV) (once; this can take a minute) ..." >&2
	@$(INSTALL) --no-deps --require-hashes -r requirements/$*.txt >&2
	@$(INSTALL) --no-deps --no-build-isolation $(LOCAL) >&2
	@touch $@

clean:
	rm -rf $(VENV) site .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
