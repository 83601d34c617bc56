# make run    the made-up town on a map        make bench   figures against PostGIS and DuckDB
# make test   everything a change must pass    make docs    these pages as a site, in site/
# make clean  forget the environment and the caches

.DELETE_ON_ERROR:
.PHONY: run setup lint types contracts tests test test-heavy test-clients test-described test-schema services bench docs clean help

UV := .tools/bin/uv
BIN := .venv/bin
SYNCED := .venv/.synced
VENDORED := maps/vendor/.vendored
TSC := .tools/npm/node_modules/.bin/tsc
FROM_NPM := $(wildcard maps/vendoring.py maps/package.json maps/package-lock.json)

help:
	@sed -n '1,3s/^# //p' Makefile

run: setup
	$(BIN)/gis-ce serve

setup: $(SYNCED) $(VENDORED)

$(UV):
	deploy/make_tools.sh

.venv/pyvenv.cfg: $(UV)
	$(UV) venv --quiet --allow-existing --python '>=3.11' .venv
	@touch $@

$(SYNCED): .venv/pyvenv.cfg requirements.lock pyproject.toml
	$(UV) pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENDORED): $(SYNCED) $(FROM_NPM)
	$(BIN)/python -m maps.vendoring
	@mkdir -p $(@D) && touch $@

lint: $(SYNCED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(SYNCED) $(TSC)
	$(BIN)/mypy
	$(TSC) --project .tools/npm/checked

$(TSC): $(SYNCED) $(FROM_NPM) maps/vendored.py maps/type_checker.py
	$(BIN)/python -m maps.type_checker .tools/npm
	@touch $@

contracts: $(SYNCED)
	$(BIN)/lint-imports

services:
	deploy/install_test_services.sh

tests: setup services
	$(BIN)/pytest -m 'not heavy and not clients and not schema' --numprocesses auto --dist loadfile

test: lint types contracts tests

test-heavy: setup services
	$(BIN)/pytest -m heavy --numprocesses auto --dist loadfile

test-clients: setup
	deploy/install_test_services.sh qgis
	$(BIN)/pytest -m clients

# Two minutes of requests by schemathesis, made from the description of the service, always the same.
test-described: setup
	$(BIN)/pytest -m schema

# Ten minutes of them.
test-schema: setup
	GIS_CE_SCHEMA_SECONDS=25 $(BIN)/pytest -m schema --durations 0 -rP

bench: setup services
	$(BIN)/python -m benchmarks $(BENCH)
	$(BIN)/python -m benchmarks.api
	$(BIN)/python -m benchmarks.api_workers
	$(BIN)/python -m benchmarks.cases
	$(BIN)/python -m benchmarks.decisions

docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

clean:
	rm -rf .venv .tools maps/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find api maps gis_ce layers tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
