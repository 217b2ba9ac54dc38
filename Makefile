# Everything runs in .venv, which is made from pyproject.toml at the versions of constraints.txt.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

# Bytecode is kept, whatever the machine's own setting: most tests of whole audits start a process of their own.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: audit test test-fast lint format bench clean

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[sandbox,github,signing,history,fleet,dev]'
	touch $(INSTALLED)

# The sandbox company is meant to fail: what counts here is that the audit ran (0: all passed, 1: something did not).
audit: $(INSTALLED)
	@$(BIN)/pytest --profile=baseline --account=demo; code=$$?; \
	echo "pytest ended with exit code $$code; the page is reports/latest/index.html"; \
	test $$code -le 1

test: $(INSTALLED)
	$(BIN)/pytest tests -rfEs -n auto --dist loadfile --no-loadscope-reorder

# The inner loop: everything but whole audits, what is made of them, and every read denied.
FAST := architecture engine faults files grammar hostile nouns proofs scaffold
test-fast: $(INSTALLED)
	$(BIN)/pytest $(FAST:%=tests/%) -q -n auto --dist loadfile --no-loadscope-reorder

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis reports/runs reports/latest
