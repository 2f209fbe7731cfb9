# A thin veneer over the tools; everything it calls can be called without it.
SHELL := /bin/bash
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
READY := $(VENV)/.ready
SPARK := .spark
export DAGSTER_HOME := $(CURDIR)
export DO_NOT_TRACK := 1

.PHONY: run test test-long audit sbom campaign test-cases test-spark test-ui lint format bench ui lock clean spark-up spark-down

# Simulate the demo shop once, then run on whatever is new.
run: $(READY)
	@test -e data/landing/ground_truth.json || $(VENV)/bin/journey simulate
	@$(VENV)/bin/journey run

test: $(READY)
	@$(VENV)/bin/pytest -m "not slow and not campaign" -n 2 --dist loadfile --no-loadscope-reorder

# Whole runs that are killed or given real exports, an installed wheel, Dagster's own tools, the
# recipes, hostile values in every field.
test-long: $(READY)
	@$(VENV)/bin/pytest -m slow -n 2 --dist loadfile --no-loadscope-reorder

# Thousands of generated histories, each run of which is held against a rebuild; most of an hour.
campaign: $(READY)
	@$(VENV)/bin/pytest -m campaign -n 2

# Public bug reports, each as a warehouse of its own; where ../shared/cases is beside the clone.
test-cases: $(READY)
	@JOURNEY_SHARED_CASES=1 $(VENV)/bin/pytest tests/cases/test_shared_cases.py -n 2

# The same tables from a cluster on this machine; Java 17 is the only thing it does not install.
test-spark: $(READY) spark-up
	@JOURNEY_TEST_SPARK=1 $(VENV)/bin/pytest tests/spark; status=$$?; $(MAKE) --no-print-directory spark-down; exit $$status

spark-up: $(SPARK)/.ready
	@$(SPARK)/venv/bin/python tests/spark/cluster.py up $(SPARK)/cluster

spark-down:
	@$(PYTHON) tests/spark/cluster.py down $(SPARK)/cluster

# Spark itself, in an environment of its own: what talks to it is in the extra `spark`.
$(SPARK)/.ready: tests/spark/requirements.lock
	@echo "Installing Spark into $(SPARK) (once, a minute) ..."
	@mkdir -p $(SPARK) && $(PYTHON) -m venv $(SPARK)/venv
	@$(SPARK)/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/spark/requirements.lock
	@touch $@

# What people see, in a real browser; installs Debian's Chromium where there is none.
test-ui: $(READY)
	@command -v chromium > /dev/null || { as_root=$$(test $$(id -u) = 0 || echo sudo); \
		$$as_root apt-get update -q && $$as_root apt-get install -qy --no-install-recommends chromium; }
	@$(VENV)/bin/pytest tests/ui

lint: $(READY)
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .
	@$(VENV)/bin/sqlfluff lint --processes 2 .
	@$(VENV)/bin/yamllint --strict .
	@$(VENV)/bin/mypy

format: $(READY)
	@$(VENV)/bin/ruff check --fix . ; $(VENV)/bin/ruff format .
	@$(VENV)/bin/sqlfluff fix --processes 2 .

bench: $(READY)
	@$(VENV)/bin/python -m tests.bench $(BENCH)

ui: $(READY)
	@$(VENV)/bin/journey serve

# The environment is exactly the lock; a second call finds it ready.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V). Name another: make PYTHON=python3.12 run"; exit 2; }
	@echo "Setting up $(VENV) (once, a minute or two) ..."
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV=$(VENV) $(VENV)/bin/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	@VIRTUAL_ENV=$(VENV) $(VENV)/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# What the lock installs, held against the public list of known vulnerabilities: needs the network.
AUDIT := $(VENV)/audit
audit: $(AUDIT)/.ready
	@$(AUDIT)/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict --progress-spinner off \
		|| { status=$$?; echo "make audit: the lines above name what to upgrade, or say that the public list was out of reach: then nothing is known"; exit $$status; }

sbom: $(AUDIT)/.ready
	@$(AUDIT)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-format JSON --output-file sbom.json
	@echo "sbom.json lists what requirements.lock installs"

$(AUDIT)/.ready: $(READY)
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1 cyclonedx-bom==7.5.0
	@touch $@

# Resolve again after a change of pyproject.toml: hashes, no addresses.
lock:
	@$(VENV)/bin/uv pip compile pyproject.toml --quiet --upgrade --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock
	@echo "pyspark>=4.0.5,<4.1" | $(VENV)/bin/uv pip compile - --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header -o tests/spark/requirements.lock

clean:
	@rm -rf $(VENV) $(SPARK) dbt_project/target dbt_project/logs
