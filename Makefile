# environment -> processed tables -> runs -> site. `make help` lists the targets.
# Which runs are stale is decided by content inside `ptce build`: a clone or a `touch` changes every date and no result.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := build
.PHONY: build data test check lab verify clean help lock

# Inside an activated conda environment: make PYTHON=python
ifeq ($(origin PYTHON),command line)
  ENVIRONMENT :=
  TOOLS :=
  RUN := $(PYTHON) -m
else
  ENVIRONMENT := .venv/.installed
  TOOLS := .venv/.tools
  RUN := .venv/bin/python -m
endif
BASE_PYTHON ?= python3
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH

build: $(ENVIRONMENT)  ## build everything that is stale: tables, notebooks, figures, pages (the default)
	@$(RUN) ptce_analysis build

data: $(ENVIRONMENT)  ## build the processed tables only
	@$(RUN) ptce_analysis data

test: $(TOOLS)  ## run the tests
	@$(RUN) pytest -n auto

check: $(TOOLS)  ## lint, types, translations
	@$(RUN) ruff check . && $(RUN) ruff format --check . && $(RUN) mypy && $(RUN) pytest -q tests/test_language.py

lab: .venv-lab/.installed  ## open the index in JupyterLab, in its own environment
	@.venv-lab/bin/jupyter lab --config=jupyter_lab_config.py notebooks/00_index.ipynb

verify: $(ENVIRONMENT)  ## rebuild from nothing elsewhere and compare byte for byte with what is committed
	@$(RUN) ptce_analysis verify

clean:  ## remove what a build makes and git does not keep
	rm -rf build

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 12

lock: $(TOOLS)  ## compile the locked requirements again, without any address
	@sh requirements/compile.sh

# An environment: its own lock, checked hashes, bytecode compiled once; pip alone when uv cannot be installed.
.venv/.installed: requirements.lock requirements/bootstrap.lock requirements/install.sh pyproject.toml
	@sh requirements/install.sh .venv requirements.lock $(BASE_PYTHON) && touch $@

.venv/.tools: .venv/.installed requirements/dev.lock
	@sh requirements/install.sh .venv requirements/dev.lock $(BASE_PYTHON) && touch $@

.venv-lab/.installed: requirements/lab.lock requirements/bootstrap.lock requirements/install.sh pyproject.toml
	@sh requirements/install.sh .venv-lab requirements/lab.lock $(BASE_PYTHON) && touch $@
