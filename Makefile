# environment -> processed tables -> runs -> site. `make help` lists the targets.
# Which runs are stale is decided by content inside `ptce build`: a clone or a `touch` changes every date and no result.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := build
.PHONY: build data texts test test-all coverage mutants check lab docs records pdf verify release bench clean help lock

# Inside an activated conda environment: make PYTHON=python
ifeq ($(origin PYTHON),command line)
  PY := $(PYTHON)
  LAB_PY := $(PYTHON)
else
  PY := .venv/bin/python
  ENVIRONMENT := .venv/.installed
  TOOLS := .venv/.tools
  PDF := .venv/.pdf
  LAB := .venv-lab/.installed
  LAB_PY := .venv-lab/bin/python
endif
BASE_PYTHON ?= python3

# The library of this folder, even when the environment was made for another one.
export PYTHONPATH := $(CURDIR)/src
unexport PYTHONDONTWRITEBYTECODE

# Waves of a survey team: make WAVES=DIR, counted from this folder. What is made from them stays in build.
ifneq ($(WAVES),)
  export PTCE_WAVES := $(WAVES)
endif

# Stricter rules of disclosure for them: make WAVES=DIR RULES=strict.
ifneq ($(RULES),)
  export PTCE_RULES := $(RULES)
endif

# The site made from earlier answers of them, which readers may have kept: make WAVES=DIR PREVIOUS=DIR.
ifneq ($(PREVIOUS),)
  export PTCE_PREVIOUS := $(PREVIOUS)
endif

# A part of the tests: files or folders when they exist, else an expression of pytest.
PART := $(if $(ONLY),$(if $(wildcard $(firstword $(subst ::, ,$(ONLY)))),$(ONLY),-k "$(ONLY)"))

# `make -n` says which runs would be built, and why.
DRY := $(findstring n,$(firstword -$(MAKEFLAGS)))

build: $(ENVIRONMENT)  ## build everything that is stale: tables, notebooks, figures, pages (the default)
	+@$(if $(DRY),$(PY) --version >/dev/null 2>&1 || exit 0;) $(PY) -m ptce_analysis build $(if $(DRY),--dry-run)

data: $(ENVIRONMENT)  ## build the processed tables only
	@$(PY) -m ptce_analysis data

texts: $(ENVIRONMENT)  ## bring new texts into the catalogues of the languages, and say what to fill in
	@$(PY) docs/texts.py

test: $(TOOLS)  ## run the tests but those that take long; a part: make test ONLY=tests/cli, or ONLY="words of names"
	@$(PY) -m pytest -n auto -m "not thorough" $(PART)

test-all: test $(LAB)  ## run those too: attacks, killed builds, a sample of mutants, every page in Chromium, JupyterLab
	@$(PY) -m pytest -n auto -m thorough $(PART)

coverage: $(TOOLS) $(LAB)  ## run the tests, list the lines and branches that none reaches, and fail below 95 %
	@$(PY) -m pytest -n auto --cov --cov-report=term-missing:skip-covered

mutants: $(TOOLS)  ## measure how many small changes of the code the tests find: build/mutants.md (QUICK=1: a few; SAMPLE=N)
	@$(PY) benchmarks/mutants.py $(if $(QUICK),--quick) $(if $(SAMPLE),--sample $(SAMPLE))

check: $(TOOLS)  ## lint, types, translations
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && $(PY) -m pytest -q tests/publish/test_language.py

lab: $(LAB)  ## open the index in JupyterLab, in its own environment
	@$(LAB_PY) -m jupyterlab --config=lab/jupyter_lab_config.py

docs: $(TOOLS)  ## write the reference of the library from its docstrings: build/docs/index.html
	@$(PY) docs/reference.py build/docs

records: $(ENVIRONMENT)  ## write codemeta.json, .zenodo.json and datapackage.json again from CITATION.cff
	@$(PY) docs/records.py

pdf: $(PDF)  ## write the study as a PDF for each language: build/pdf (needs the system library Pango)
	@$(PY) -m ptce_analysis build && $(PY) docs/pdf.py

verify: $(ENVIRONMENT)  ## rebuild from nothing elsewhere and compare byte for byte with what is committed
	@$(PY) -m ptce_analysis verify

release: pdf  ## write one archive of the study, with its PDF and checksums, in build/release: the same bytes each time
	@$(PY) -m ptce_analysis release

bench: $(TOOLS)  ## measure speed as ratios, side by side: build/bench.json and build/bench.md (QUICK=1: a little)
	@$(PY) benchmarks/bench.py $(if $(QUICK),--quick)

clean:  ## remove what a build makes and git does not keep
	rm -rf build mutants

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

lock: $(TOOLS)  ## compile the locked requirements again, without any address
	@sh requirements/compile.sh

# An environment: its own lock, checked hashes, bytecode compiled once; pip alone when uv cannot be installed.
INSTALLER := requirements/install.sh requirements/bootstrap.lock

.venv/.installed: requirements.lock pyproject.toml $(INSTALLER)
	@sh requirements/install.sh .venv $(BASE_PYTHON) requirements.lock --editable . && touch $@

.venv/.tools: requirements/dev.lock .venv/.installed $(INSTALLER)
	@sh requirements/install.sh .venv $(BASE_PYTHON) requirements/dev.lock && touch $@

.venv/.pdf: requirements/pdf.lock .venv/.installed $(INSTALLER)
	@sh requirements/install.sh .venv $(BASE_PYTHON) requirements/pdf.lock && touch $@

.venv-lab/.installed: requirements/lab.lock pyproject.toml $(INSTALLER)
	@sh requirements/install.sh .venv-lab $(BASE_PYTHON) requirements/lab.lock --editable . && touch $@
