# `make demo` and `make test` need nothing but Python 3.10 to 3.13; both make .venv first.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.10; do \
	"$$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& command -v "$$python" && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
TYPED := build/typed
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help venv demo test lint format docs site clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

venv: $(STAMP) ## make .venv with the tool, TensorFlow and the development tools

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.10, 3.11, 3.12 or 3.13 is needed; found none on PATH." >&2; exit 1; }
	test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,docs,editor,verify]"
	@touch $@

demo: $(STAMP) ## show the diff of a bundled program, rewrite a copy, run both and compare the numbers
	@$(BIN)/python scripts/demo.py

test: $(STAMP) ## run every test
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile

lint: $(STAMP) ## ruff and mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	@rm -rf $(TYPED) && mkdir -p $(TYPED)/tf1to2_reg
	@ln -s "$(CURDIR)"/tf1to2_reg/* $(TYPED)/tf1to2_reg/ && ln -s "$(CURDIR)/transforms" $(TYPED)/tf1to2_reg/transforms
	cd $(TYPED) && "$(CURDIR)/$(BIN)/mypy" --config-file "$(CURDIR)/pyproject.toml" -p tf1to2_reg
	MYPYPATH=$(TYPED):tests:scripts $(BIN)/mypy --explicit-package-bases tests/*.py

format: $(STAMP) ## format the code and sort imports
	$(BIN)/ruff check --fix --select I
	$(BIN)/ruff format

docs: $(STAMP) ## write the generated part of docs/ anew
	$(BIN)/python -m tf1to2_reg.report.pages docs

site: $(STAMP) ## build the documentation as build/site and the manual page as build/man; a broken link fails
	@$(BIN)/python scripts/site_pages.py

clean: ## remove .venv and everything built
	rm -rf .venv build dist demo-out *.egg-info .pytest_cache .ruff_cache .mypy_cache
