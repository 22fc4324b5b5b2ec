# Two commands do everything on a machine with Python 3.11, make and git: `make run` and `make test`.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: run test setup check bench choices growth soak faults fuzz guess understanding thresholds screenshots lock clean

run: setup          ## check the content and answer on http://127.0.0.1:8000
	$(BIN)/smsline check --no-reminders
	$(BIN)/smsline serve

test: setup         ## run every test, file by file, on up to four processors
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

setup: .venv/ready  ## a virtual environment with what the lock file names

.venv/ready: requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "smsline needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch .venv/ready

check: setup        ## format, lint, types, content
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/smsline check --no-reminders
	.ci/audit $(BIN)

bench: setup        ## how fast it is, as ratios measured side by side in one run
	$(BIN)/python benchmarks/bench.py

choices: setup      ## the same line on other servers, and with other ways at SQLite: why it is served as it is
	$(BIN)/python benchmarks/choices.py

growth: setup       ## latency and memory against sessions, organisations, nodes, languages, into docs: QUICK=1
	$(BIN)/python benchmarks/growth.py

soak: setup         ## workers killed under signed load: SECONDS=120 KILLS=20 STORE=redis://…
	$(BIN)/python benchmarks/soak.py $(or $(SECONDS),120) $(or $(KILLS),20) $(STORE)

faults: setup       ## what a caller sees when something behind the line is broken
	$(BIN)/python benchmarks/faults.py

fuzz: setup         ## random texts and requests: CASES=100000
	CASES=$(or $(CASES),100000) $(BIN)/pytest tests/test_fuzz.py

guess: setup        ## how often the language of a first text is guessed right
	$(BIN)/python benchmarks/guess.py

thresholds: setup ## what each threshold of understanding gains and loses
	$(BIN)/python benchmarks/thresholds.py

understanding: setup ## how well texts are understood that no word list was made from
	$(BIN)/python benchmarks/understanding.py

screenshots: setup  ## pictures of the staff pages, into docs/pictures; needs Chromium
	$(BIN)/python benchmarks/screenshots.py

lock: setup         ## write the lock files anew from pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --output-file requirements.txt pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --extra dev --output-file requirements-dev.txt pyproject.toml

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
