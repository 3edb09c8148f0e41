# The doors of the project: each target makes .venv from its lock first, when the lock has changed since.

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip --quiet --disable-pip-version-check
# Extras stay in the locks: pip would otherwise look for `coverage[toml]` beside the pinned `coverage`, and find a newer one
# that has no hash here, on the day it is published.
COMPILE := .venv/lock/bin/python -m piptools compile --quiet --no-strip-extras --generate-hashes --allow-unsafe \
	--no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.PHONY: up test bench soak lock clean python run-packages test-packages

# The tether ends the gateway when make is killed, which make itself cannot do.
up: run-packages
	@$(PY) -I gateway/local/tether.py TERM -- $(PY) -m gateway up

test: test-packages
	@$(PY) -m ruff format --quiet --check .
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy --no-error-summary
	@$(PY) -c "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())" > .venv/imports.log 2>&1 \
		|| { cat .venv/imports.log; exit 1; }
	@$(PY) -m menus check
	@$(PY) -m pytest --quiet --numprocesses 2 --dist loadfile --cov --cov-report=term:skip-covered

bench: test-packages
	@$(PY) -m tests.bench

soak: test-packages
	@$(PY) -m tests.soak

# pip-tools stays out of .venv proper, as it is no part of what runs or tests.
lock: python
	@test -x .venv/lock/bin/python || $(PYTHON) -m venv .venv/lock
	@.venv/lock/bin/python -m pip --quiet --disable-pip-version-check install "pip-tools==7.6.2"
	@$(COMPILE) --output-file requirements.lock pyproject.toml
	@$(COMPILE) --extra test --output-file requirements-test.lock pyproject.toml

# The data in var/ stays: it may hold what nobody can make again.
clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov
	@find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
		|| { echo "Python 3.11 or newer is needed; set PYTHON, as in: make PYTHON=python3.12 up"; exit 1; }

# The test lock holds every package of the run lock, so it serves both.
run-packages: python
	@cmp -s requirements.lock .venv/run.installed || { \
		test -x $(PY) || $(PYTHON) -m venv .venv; \
		$(PIP) install --require-hashes -r requirements.lock && cp requirements.lock .venv/run.installed; }

test-packages: run-packages
	@cmp -s requirements-test.lock .venv/test.installed || { \
		$(PIP) install --require-hashes -r requirements-test.lock && cp requirements-test.lock .venv/test.installed; }
