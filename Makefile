# Every target installs what it needs into .venv; a second call finds it there.

.DEFAULT_GOAL := help
# Two installations into one environment at a time would trip over each other.
.NOTPARALLEL:

PYTHON ?= python3
PORT ?= 8080
COUNT ?= 20000
SEED ?= 1
ARGS ?=
COVER ?=
VENV := .venv
BIN := $(VENV)/bin
CODE := src tests docs scripts benchmarks setup.py
# They log people in too, and share our namespace; see tests/neighbours.
NEIGHBOURS := pas.plugins.authomatic pas.plugins.headers pas.plugins.oidc \
    'pas.plugins.identity[server]==1.0.0a14; python_version >= "3.12"'
# Each process sets up a Plone of its own.
PARALLEL := --numprocesses auto --maxprocesses 4 --dist loadfile
MARKUP = $(shell find src -name '*.pt' -o -name '*.zpt' -o -name '*.xml' -o -name '*.zcml')
LOCALES := src/pas/plugins/tokenauth/locales
DOMAIN := pas.plugins.tokenauth

export PYTHON
# Plone starts three times as fast when compiled, and tests start it again and again.
export PYTHONDONTWRITEBYTECODE =
# zope.i18n compiles translations when it loads them.
export zope_i18n_compile_mo_files = true
# horse-with-no-namespace greets at every start of Python.
export PYTHONWARNINGS ?= ignore::UserWarning:site

# One stamp for each extra of pyproject.toml.
$(VENV)/.installed-%: pyproject.toml constraints.txt setup.py scripts/venv.sh
	@scripts/venv.sh $(VENV) -e '.[$*]'
	@touch $@


##@ Try it

.PHONY: demo
demo: $(VENV)/.installed-test  ## Show the whole flow with a client program, from key to revocation
	@$(BIN)/python scripts/demo.py $(ARGS)

.PHONY: demo-signin
demo-signin: $(VENV)/.installed-test $(VENV)/.installed-browser $(VENV)/.installed-demo  ## Show how a web application signs people in with their Plone accounts
	@$(BIN)/python scripts/demo_signin.py

.PHONY: demo-openid
demo-openid: $(VENV)/.installed-test $(VENV)/.installed-browser $(VENV)/.installed-demo  ## Show how Apache lets people in with their Plone accounts, and out again
	@$(BIN)/python scripts/demo_openid.py

.PHONY: demo-mcp
demo-mcp: $(VENV)/.installed-test $(VENV)/.installed-browser $(VENV)/.installed-demo  ## Show how an AI assistant works on pages by a server of MCP
	@$(BIN)/python scripts/demo_mcp.py

.PHONY: start
start: $(VENV)/.installed-test  ## Run a site at http://localhost:8080/Plone (PORT=8080)
	@$(BIN)/python scripts/start.py --port $(PORT)


##@ Test

.PHONY: test
test: $(VENV)/.installed-test  ## Run the tests that people wait for (ARGS="-k name")
	$(BIN)/pytest -m "not browser and not long" $(PARALLEL) $(COVER) $(ARGS)

.PHONY: test-long
test-long: $(VENV)/.installed-test .venv-simple-sso/.installed  ## Run those that take long: several Zopes, many writers
	$(BIN)/pytest -m long $(PARALLEL) $(COVER) $(ARGS)

.PHONY: attack-http
attack-http: $(VENV)/.installed-test  ## Send odd requests to everything in a real server (COUNT=20000 SEED=1)
	TOKENAUTH_ATTACK=$(COUNT) TOKENAUTH_ATTACK_SEED=$(SEED) $(BIN)/pytest tests/surface/test_attack.py -s $(ARGS)

.PHONY: node-clients
node-clients: var/node/.installed  ## Install OAuth clients in JavaScript; without them their tests are skipped

var/node/.installed: tests/clients/package.json
	@mkdir -p var/node && cp $< var/node/
	npm install --prefix var/node --no-audit --no-fund --no-package-lock
	@touch $@

.PHONY: mcp1-client
mcp1-client: var/mcp1/.installed  ## Install version 1 of the SDK of MCP; without it its tests are skipped

var/mcp1/.installed:
	python3 -m venv var/mcp1
	var/mcp1/bin/pip install --quiet "mcp>=1.28,<2"
	@touch $@

.PHONY: browser-test
browser-test: $(VENV)/.installed-test $(VENV)/.installed-browser  ## Run the tests that drive Chromium
	-@$(BIN)/python scripts/axe.py
	-@command -v npm > /dev/null && $(MAKE) --silent node-clients
	$(BIN)/pytest -m browser $(ARGS)

.PHONY: coverage
coverage:  ## Run the tests and tell which lines they miss
	@$(MAKE) test COVER='--cov --cov-report='
	@$(MAKE) test-long COVER='--cov --cov-append --cov-report=html'
	@$(MAKE) coverage-report

.PHONY: coverage-report
coverage-report:  ## Fail when the last test run (COVER=--cov) has missed too much
	$(BIN)/coverage report --include='*/tokenauth/core/*,*/tokenauth/storage/*' \
	    --precision=2 --fail-under=100
	$(BIN)/coverage report --precision=2 --fail-under=95

# Not in .venv: all other tests run, and the import graph is built, without them. One of
# them needs Python 3.12; where there is none, its tests are skipped.
.PHONY: neighbours-test
neighbours-test: .venv-neighbours/.installed  ## Test beside other add-ons that log people in
	TOKENAUTH_NEIGHBOURS=1 .venv-neighbours/bin/pytest tests/neighbours $(ARGS)

.venv-neighbours/.installed: pyproject.toml constraints.txt setup.py scripts/venv.sh Makefile
	@PYTHON=$$(scripts/pythons.sh 12 | head -n 1) \
	    scripts/venv.sh .venv-neighbours -e '.[test]' $(NEIGHBOURS)
	@touch $@

# The client of django-simple-sso gets along with no itsdangerous but this.
.venv-simple-sso/.installed: Makefile
	@$(PYTHON) -m venv .venv-simple-sso
	@.venv-simple-sso/bin/pip install --quiet --disable-pip-version-check \
	    django-simple-sso==1.2.0 itsdangerous==0.24
	@touch $@

.PHONY: test-core-all-pythons
test-core-all-pythons: $(VENV)/.installed-test  ## Test core and storage on every Python found here
	scripts/test-core.sh

.PHONY: attack
attack: $(VENV)/.installed-test  ## Attack the verifier of assertions a quarter of a million times (CASES=1000)
	TOKENAUTH_ATTACK=$(or $(CASES),1000) $(BIN)/pytest tests/core/attack $(ARGS)

.PHONY: mutants
mutants: $(VENV)/.installed-test  ## Change core in small ways and look whether a test notices (ARGS=storage)
	$(BIN)/python scripts/mutants.py $(or $(ARGS),core)

.PHONY: wheel-smoke
wheel-smoke: $(VENV)/.installed-release  ## Build the wheel, look into it, start a site on it
	scripts/wheel-smoke.sh $(BIN)/python

.PHONY: buildout-smoke
buildout-smoke:  ## Build the buildout and start its instance (takes minutes)
	scripts/buildout-smoke.sh

# States of all credentials, in any order; RUNS=1000 takes about half an hour.
RUNS ?= 300
.PHONY: attack-states
attack-states: $(VENV)/.installed-test  ## Do what people, programs and time do, in any order, for long
	TOKENAUTH_STATES_RUNS=$(RUNS) $(BIN)/pytest tests/states -q -s $(ARGS)

# FAULTS=20 of each kind take about an hour; ARGS="kill_zope clock" does some kinds.
FAULTS ?= 3
.PHONY: faults
faults: $(VENV)/.installed-test  ## Kill servers, fill disks, step clocks; look what is lost
	@PYTHONPATH=scripts $(BIN)/python benchmarks/faults/run.py --faults $(FAULTS) $(ARGS)

.PHONY: bench
bench: $(VENV)/.installed-test  ## Print the benchmark table (ARGS="checking purging" for parts)
	@$(BIN)/python benchmarks/run.py $(ARGS)


##@ Check

.PHONY: lint
lint: style types imports  ## Run all checks that need no test

.PHONY: style
style: $(VENV)/.installed-lint $(VENV)/.installed-release  ## Check style, spelling, translations, news and package metadata
	$(BIN)/ruff check $(wildcard $(CODE))
	$(BIN)/ruff format --check $(wildcard $(CODE))
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml src
	$(BIN)/zpretty --check $(MARKUP)
	$(BIN)/codespell
	$(BIN)/i18ndude find-untranslated --silent $(filter %.pt %.zpt,$(MARKUP))
	$(BIN)/pyroma --min 9 .
	$(BIN)/check-manifest --quiet
	@$(BIN)/towncrier build --draft --version next > /dev/null

.PHONY: types
types: $(VENV)/.installed-lint  ## Check types
	$(BIN)/mypy src/pas/plugins/tokenauth

# In an environment without neighbours: an old-style namespace package among them
# keeps the import graph from being built.
.PHONY: imports
imports: $(VENV)/.installed-test  ## Check who imports whom, and that dependencies are declared
	@scripts/venv.sh .venv-imports import-linter
	PYTHONPATH=src .venv-imports/bin/lint-imports --no-cache
	$(BIN)/python scripts/dependencies.py src

.PHONY: audit
audit: $(VENV)/.installed-test  ## Look for known vulnerabilities in all that is pinned
	scripts/audit.sh

.PHONY: format
format: $(VENV)/.installed-lint  ## Format the code
	$(BIN)/ruff check --fix --show-fixes $(wildcard $(CODE))
	$(BIN)/ruff format $(wildcard $(CODE))
	$(BIN)/zpretty --inplace $(MARKUP)


##@ Write

.PHONY: docs
docs: $(VENV)/.installed-docs  ## Build the documentation in docs/_build/html
	$(BIN)/sphinx-build --fail-on-warning --keep-going -b html docs docs/_build/html

.PHONY: screenshots
screenshots: $(VENV)/.installed-test $(VENV)/.installed-browser $(VENV)/.installed-demo  ## Take the pictures of the documentation again (ARGS="panel devices" for some)
	@$(BIN)/python scripts/screenshots.py $(ARGS)

.PHONY: i18n
i18n: $(VENV)/.installed-lint  ## Collect messages and update the translations
	$(BIN)/i18ndude rebuild-pot --pot $(LOCALES)/$(DOMAIN).pot --create $(DOMAIN) src/pas/plugins/tokenauth
	$(BIN)/i18ndude sync --pot $(LOCALES)/$(DOMAIN).pot $(wildcard $(LOCALES)/*/LC_MESSAGES/$(DOMAIN).po)

.PHONY: constraints
constraints: $(VENV)/.installed-test  ## Pin all dependencies again (UPGRADE=--upgrade takes the newest)
	scripts/constraints.sh $(BIN)/uv $(UPGRADE)


##@ Release

.PHONY: release-check
release-check: $(VENV)/.installed-release  ## Check that what is committed can be released
	scripts/release-check.sh $(BIN)/python


##@ Other

.PHONY: clean
clean:  ## Remove everything that can be made again, the sites in var/ too
	rm -rf .venv* var bin develop-eggs eggs parts .installed.cfg
	rm -rf build dist docs/_build htmlcov .coverage* .*_cache .hypothesis src/*.egg-info
	find src tests scripts -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -delete

.PHONY: help
help:  ## Show this
	@awk 'BEGIN {FS = ":.*## "} \
	    /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	    /^[a-z0-9-]+:.*## / {printf "  %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
