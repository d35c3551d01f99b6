# Two commands on a fresh machine with python3 (3.11 or later) and make: `make demo` and `make test`.

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/.stamps
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help demo demo-replay test test-all fuzz faults lint bench pack serve web terminal lock clean

help:
	@echo "make demo    answer one documented encounter"
	@echo "make demo-replay  replay the documented encounters and write their report"
	@echo "make test    run the tests that are quick, and say which were left out: minutes"
	@echo "make test-all  run every test, as CI does"
	@echo "make fuzz    readers under damaged files, for minutes; FUZZ=20000 for longer"
	@echo "make faults  a thousand broken links, kills of both programs, a long soak; hours on a small machine"
	@echo "make lint    ruff, mypy, import contracts"
	@echo "make bench   figures, as ratios against peers in one run"
	@echo "make pack    rebuild the Channel pack from its sources"
	@echo "make serve   HTTP on http://127.0.0.1:8000"
	@echo "make web     what the pages take from npm, their types checked; needs npm"
	@echo "make terminal  the onboard terminal with a recorded track; needs npm once"
	@echo "make lock    pin the requirement files anew (needs uv)"

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "safeport needs Python 3.11 or later; name one with make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: requirements/run.txt pyproject.toml $(STAMPS)/venv
	@echo "Installing what safeport needs ..."
	$(INSTALL) -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@echo "Compiling the engine, once ..."
	$(BIN)/safeport doctor
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/run
	@echo "Installing what the tests need ..."
	$(INSTALL) -r requirements/dev.txt
	@touch $@

demo: $(STAMPS)/run
	@echo "13 January 2022, about 05:00: 30 people off Folkestone, Dungeness lifeboat alongside."
	@echo "(reported by UKNIP; position rebuilt from the text, good to about a mile)"
	@echo
	@$(BIN)/safeport decide --position "51 03.0N 001 15.0E" --time 2022-01-13T05:00:00Z --vessel rnli-shannon \
		--persons 30 --recovered 30 --in-water no

demo-replay: $(STAMPS)/run
	@rm -rf build/demo-replay
	@$(BIN)/safeport replay documented --out build/demo-replay

# Most tests run on all processors, a file at a time in the order of the folders: by the number of their tests, as
# pytest-xdist has it, files of few and long ones would come last, and one processor wait for the other. Then what has
# to do with clocks, signals and other processes one by one; that run says what was left out.
BESIDE := -n auto --dist loadfile --no-loadscope-reorder

test: $(STAMPS)/dev
	@status=0; \
	$(BIN)/python -m pytest $(BESIDE) -m "not alone and not slow" -rs || status=1; \
	$(BIN)/python -m pytest -m "alone and not slow" -rs || status=1; \
	exit $$status

test-all: $(STAMPS)/dev
	@status=0; \
	$(BIN)/python -m pytest $(BESIDE) -m "not alone" || status=1; \
	$(BIN)/python -m pytest -m alone || status=1; \
	exit $$status

FUZZ ?= 5000

fuzz: $(STAMPS)/dev
	SAFEPORT_FUZZ=$(FUZZ) $(BIN)/python -m pytest tests/geodata/forecast/test_mutations.py

LINKS ?= 1000
KILLS ?= 200

# CI runs the same with fifty links, few kills and a short soak.
faults: $(STAMPS)/dev
	LINK_SESSIONS=$(LINKS) $(BIN)/python -m pytest tests/api/terminal/test_link.py
	TERMINAL_KILLS=100 $(BIN)/python -m pytest tests/api/terminal/test_power_cut.py
	$(BIN)/python -m tests.faults.kill_campaign $(KILLS)
	SOAK_ROUNDS=1000 $(BIN)/python -m pytest tests/faults/test_terminal_soak.py

lint: $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(STAMPS)/bench: requirements/bench.txt requirements/bench-data.txt $(STAMPS)/dev
	@echo "Installing the peers ..."
	$(INSTALL) -r requirements/bench.txt
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
		--dest bench/downloads --requirement requirements/bench-data.txt
	@touch $@

bench: $(STAMPS)/bench
	$(BIN)/python -m bench

pack: $(STAMPS)/dev
	$(BIN)/safeport geodata build

serve: $(STAMPS)/run
	$(BIN)/safeport serve

WEB := api/web
WEB_STAMP := $(WEB)/node_modules/.stamp

$(WEB_STAMP): $(WEB)/package.json $(WEB)/package-lock.json $(WEB)/vendor/openlayers.js
	@command -v npm >/dev/null || { echo "the pages need npm (Node.js 20 or later); it is not here"; exit 1; }
	@echo "Installing what the pages need ..."
	@cd $(WEB) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && npm run --silent vendor
	@touch $@

web: $(WEB_STAMP)
	@cd $(WEB) && npm run --silent types && npm test --silent

terminal: $(STAMPS)/run $(WEB_STAMP)
	$(BIN)/safeport terminal --demo

lock:
	cd requirements && for name in run build dev bench; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
			--output-file $$name.txt $$name.in; done

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
