# Two commands: `make run` and `make test`. Each sets up what it needs in .venv, once; nothing outside is touched.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run docs test test-page lint coverage verify bench mutation notebooks clean help

help:            ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/  —/'

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "callbacksim needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing; install it (Debian, Ubuntu: apt install python3-venv) and try again" >&2; exit 2; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.made pyproject.toml constraints.txt
	@echo "Installing callbacksim into .venv (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.test: .venv/.run
	@echo "Installing the test tools into .venv (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

.venv/.page: .venv/.test
	@echo "Installing the driver of the browser into .venv (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,page]'
	@touch $@

.venv/.mutation: .venv/.test
	@echo "Installing the mutation tool into .venv (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,mutation]'
	@touch $@

.venv/.docs: .venv/.run
	@echo "Installing what builds the documents into .venv (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@touch $@

.venv/.notebooks: .venv/.run
	@echo "Installing JupyterLab into .venv (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[notebooks]'
	@touch $@

run: .venv/.run  ## the reported campaign, simulated
	@$(BIN)/callbacksim run scenarios/gaoxin.toml
	@printf '%s\n' "" "Next:" \
	  "  $(BIN)/callbacksim check scenarios/gaoxin.toml" \
	  "  $(BIN)/callbacksim run scenarios/gaoxin-forecast.toml --set robot.lines=10 --out out/ten-lines" \
	  "  $(BIN)/callbacksim compare scenarios/gaoxin.toml --plan lean --plan generous" \
	  "  $(BIN)/callbacksim init mine.toml --register your-register.xlsx"

lint: .venv/.test  ## types, style, imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: .venv/.test lint  ## everything that must hold, in some ten minutes on two cores
	@$(BIN)/python -m pytest -n auto --dist loadfile
	@echo "Left to \`make test-page\`: the page in a real browser (tests/browser)."

test-page: .venv/.page  ## the page in a real browser, offline; installs Chromium with apt if there is none
	@sh tests/browser/chromium.sh
	@$(BIN)/python -m pytest --browser tests/browser

coverage: .venv/.test  ## which lines no test runs (the same tests, half as slow again)
	@$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term-missing:skip-covered

verify: .venv/.test  ## the long verification, half an hour on two cores
	@$(BIN)/python -m pytest -n auto --dist loadfile --slow tests/verification tests/functional/test_properties.py

bench: .venv/.test  ## our model against the idiomatic one, interleaved; prints a ratio
	@$(BIN)/python tests/benchmarks/bench.py

mutation: .venv/.mutation  ## how good the tests are: mutants of seven modules; about a quarter of an hour
	@$(BIN)/python tests/mutation.py

docs: .venv/.docs  ## the documents as a site in build/site, with pictures and reference; a warning fails
	@$(BIN)/python docs/build.py build/site

notebooks: .venv/.notebooks  ## open the notebooks
	@$(BIN)/jupyter lab notebooks

clean:           ## remove the environment and caches
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
