# The first that is new enough; where python3 is old, a newer one often stands beside it.
PYTHON ?= $(or $(firstword $(foreach python,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(python)))),python3)
VENV := .venv
BIN := $(VENV)/bin
JS := tests/functional/js
CHECKS := format lint types floors migrations

.PHONY: run test check fix bench lock clean

run: $(VENV)/.installed
	@exec $(BIN)/python manage.py up

test: $(VENV)/.installed-dev $(JS)/node_modules/.installed
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

# Runs every check and reports how many failed, instead of stopping at the first.
check: $(VENV)/.installed-dev
	@failed=0; \
	for step in $(CHECKS); do $(MAKE) --no-print-directory check-$$step || failed=$$((failed+1)); done; \
	if [ $$failed -gt 0 ]; then echo "$$failed of $(words $(CHECKS)) checks failed"; exit 1; fi; \
	echo "all $(words $(CHECKS)) checks passed"

# These read the settings, but ask no server.
check-types check-migrations: export DATABASE_URL = postgres:///none
check-types check-migrations: export REDIS_URL = redis://none
check-types check-migrations: export SECRET_KEY = none

.PHONY: $(addprefix check-,$(CHECKS))
check-format:
	$(BIN)/ruff format --check .
check-lint:
	$(BIN)/ruff check .
check-types:
	$(BIN)/mypy .
check-floors:
	$(BIN)/lint-imports --no-cache
check-migrations:
	$(BIN)/python -W "ignore:Got an error checking:RuntimeWarning" manage.py makemigrations --check --dry-run

fix: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench $(ARGS)

# Needs uv; writes the pins the other targets install.
lock:
	uv pip compile -q --upgrade --python-version 3.11 --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements.in -o requirements.txt
	uv pip compile -q --upgrade --python-version 3.11 --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

$(VENV)/bin/python:
	@echo "gatehouse: making $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit("gatehouse: Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another with make PYTHON=…" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	@echo "gatehouse: installing requirements.txt"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "gatehouse: installing requirements-dev.txt"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Without it the tests that need it say so themselves.
$(JS)/node_modules/.installed: $(JS)/package-lock.json $(JS)/package.json
	@if ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || ! npm --version >/dev/null 2>&1; then \
		echo "gatehouse: without Node.js 20 and npm the tests of JavaScript clients are not run"; \
	else \
		echo "gatehouse: installing $(JS)/package-lock.json"; \
		npm ci --prefix $(JS) --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 \
			&& touch $@ || rm -rf $(@D); \
	fi

clean:
	rm -rf $(VENV) $(JS)/node_modules .mypy_cache .ruff_cache
