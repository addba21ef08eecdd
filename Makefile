# `make demo` and `make test` need python3 >= 3.11, gcc and cargo; everything else goes into .venv.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
N ?= 200

.PHONY: demo test fuzz mutants bench llm-smoke corpus goldens clean

$(VENV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "python3 >= 3.11 is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	    echo "no venv module: trying the Debian package python3-venv" >&2; \
	    rm -rf $(VENV); apt-get install -y -q python3-venv && $(PYTHON) -m venv $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

test: $(VENV)/installed
	$(BIN)/ruff check c2rust_py tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	cargo test --quiet --manifest-path cargo_harness/runtime/Cargo.toml
	$(BIN)/pytest -n 2

demo: $(VENV)/installed
	rm -rf build/demo
	$(BIN)/c2rs translate examples/calc -o build/demo
	$(BIN)/c2rs diff examples/calc build/demo

fuzz: $(VENV)/installed
	$(BIN)/python bench/fuzz.py --count $(N)
	$(BIN)/python bench/fuzz.py --pointers --count $(N)

mutants: $(VENV)/installed
	$(BIN)/python bench/mutants.py

bench: $(VENV)/installed
	$(BIN)/python bench/run.py
	$(BIN)/python bench/translator.py
	$(BIN)/python bench/functions.py

# Skipped with a line where the packages of bench/llm_smoke.txt are not installed in the venv.
llm-smoke: $(VENV)/installed
	$(BIN)/python bench/llm_smoke.py

corpus: $(VENV)/installed
	$(BIN)/python bench/corpus.py

clean:
	rm -rf build

# The page of C and Rust side by side, from the goldens.
goldens:
	$(PYTHON) tests/golden_pairs.py
