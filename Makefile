# Two commands are enough: `make run` and `make test`. Both set up what they need on first use, in .venv.
# Settings are read from the environment: PORT, HOST, JARVIS_DATA, DATABASE_URL and those in .env.example.
# PYTHON=/path/to/python chooses the interpreter for .venv (3.11 or 3.12).

BIN := .venv/bin
UV ?= $(shell command -v $(BIN)/uv || command -v uv)
LOCK := --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help run demo cluster test check format bench asyncapi fuzz lock clean runtime dev

help: ## list the targets
	@sed -n 's/^\([a-z][a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run: runtime ## start Jarvis with its own PostgreSQL at http://localhost:8080
	@exec $(BIN)/jarvis up

demo: runtime ## start Jarvis all in memory, with people, rooms and talk to try things on
	@exec $(BIN)/jarvis demo

cluster: dev ## start what compose.yaml starts, without Docker: two servers, workers, scheduler, PostgreSQL, Redis
	@exec $(BIN)/jarvis cluster

test: dev ## run every test; ARGS="-k rooms -x" goes to pytest
	@exec $(BIN)/python -m pytest $(ARGS)

check: dev ## lint, format, types and import rules, as CI does
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: dev ## mend what the linter can and format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: dev ## measure speed and memory; ARGS goes to the benchmarks
	@exec $(BIN)/python -m benchmarks $(ARGS)

asyncapi: dev ## describe the socket's messages anew in docs/asyncapi.json
	@$(BIN)/jarvis asyncapi > docs/asyncapi.json

fuzz: dev ## have Schemathesis try every call of the API many times; FUZZ_EXAMPLES says how many
	@FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),200) $(BIN)/python -m pytest tests/end_to_end/test_described_calls.py $(ARGS)

lock: ## make requirements/*.txt anew from pyproject.toml; needs uv, UPGRADE=1 takes newer versions
	@test -n "$(UV)" || { echo "make lock needs uv on the PATH, or UV=/path/to/uv" >&2; exit 1; }
	$(UV) pip compile $(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --extra embedded --group build \
		--output-file requirements/runtime.txt
	$(UV) pip compile $(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --extra embedded --extra otel --group build --group dev \
		--constraint requirements/runtime.txt --output-file requirements/dev.txt
	$(UV) pip compile $(LOCK) pyproject.toml --extra otel --group build \
		--constraint requirements/dev.txt --output-file requirements/image.txt

clean: ## remove the environment and all caches; what people said (.jarvis) stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info
	find . -name __pycache__ -type d -not -path '*/node_modules/*' -prune -exec rm -rf {} +

runtime dev:
	@PYTHON='$(PYTHON)' sh requirements/install.sh $@
