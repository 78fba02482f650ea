# Two commands do everything on a fresh machine with Python 3.11 or newer:
#   make serve    start the server; PORT= and DATABASE_URL= are honoured
#   make test     run the whole suite; ARGS= is handed to pytest, e.g. ARGS="-k quorum"

# The first of these that is new enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
PORT ?= 8000
WORKERS ?= 3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
ORACLES := .venv-oracles
PACKAGING := pyproject.toml hatch_build.py
CATALOGUES := $(shell find core plugins server -path '*/LC_MESSAGES/*.po')
# A development environment can serve too; then there is nothing more to install.
SERVABLE := $(if $(wildcard $(VENV)/installed-dev),$(VENV)/compiled,$(VENV)/installed-server)
INSTALLING := 'Installing wugong and what it needs into $(VENV), for a minute or two (正在安装，约需一两分钟) …'

.PHONY: serve test lint format messages bench oracles soak dist clean

serve: $(SERVABLE)
	@if [ -n "$${DATABASE_URL:-}" ]; then export WUGONG_DATABASE_URL="$$DATABASE_URL"; fi; \
		exec $(BIN)/wugong serve --demonstration --port $(PORT)

test: $(VENV)/compiled
	tools/install_services.sh
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/compiled
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q tests/test_floors.py

format: $(VENV)/compiled
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(VENV)/compiled
	$(BIN)/python tools/messages.py $(ARGS)
	$(BIN)/python hatch_build.py

bench: $(BENCH)/installed $(VENV)/compiled
	tools/install_services.sh
	$(BENCH)/bin/python -m benchmarks $(ARGS)

# Count beside every library there is: pref_voting wants an older numpy than the others get.
oracles: $(ORACLES)/installed
	$(ORACLES)/bin/python -m pytest -q -rs --noconftest $(ARGS) \
		tests/plugins/voting/counting/test_one_winner_oracles.py \
		tests/plugins/voting/counting/test_several_oracles.py

soak: $(VENV)/compiled
	tools/install_services.sh
	$(BIN)/pytest -m soak --timeout 0 -rP $(ARGS)

dist: $(VENV)/compiled
	$(BIN)/python -m build --no-isolation

clean:
	rm -rf $(VENV) $(BENCH) $(ORACLES) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find core plugins server tests tools benchmarks -name __pycache__ -prune -exec rm -rf {} +
	find core plugins server -name '*.mo' -delete
	rm -f server/wugong_server/static/htmx.min.js

$(BIN)/python:
	@test -n '$(PYTHON)' || { \
		echo 'wugong needs Python 3.11 or newer; name one with make PYTHON=…' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo 'python3 cannot make environments (on Debian: apt-get install python3-venv)' >&2; exit 1; }

# The build compiles the catalogues, so a changed one is a reason to install again.
$(VENV)/installed-server: $(PACKAGING) $(CATALOGUES) | $(BIN)/python
	@echo $(INSTALLING)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[server,postgres,xlsx]'
	@touch $@

$(VENV)/installed-dev: $(PACKAGING) | $(BIN)/python
	@echo $(INSTALLING)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

# Without the network the benchmark runs all the same and says which libraries it misses.
$(BENCH)/installed: $(PACKAGING) | $(BIN)/python
	test -x $(BENCH)/bin/python || $(BIN)/python -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[bench]' \
		|| $(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check \
			-e '.[server,postgres]'
	@touch $@

$(ORACLES)/installed: $(PACKAGING) | $(BIN)/python
	test -x $(ORACLES)/bin/python || $(BIN)/python -m venv $(ORACLES)
	$(ORACLES)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[oracles]'
	@touch $@

$(VENV)/compiled: $(VENV)/installed-dev $(CATALOGUES)
	$(BIN)/python hatch_build.py
	@touch $@
