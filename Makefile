# Everything a newcomer needs: `make run` and `make test`. See `make help`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules
export PYTHON UPGRADE

VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev
CATALOGUES_READY := $(VENV)/.ready-catalogues
SETUP_INPUTS := tools/setup.sh requirements/bootstrap.lock pyproject.toml
CATALOGUES := $(shell find sakimori -name '*.po' 2>/dev/null)

.PHONY: help setup run test lint fix lock clean

help: ## say what can be done / できることの一覧
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: $(RUN_READY) $(CATALOGUES_READY) ## prepare .venv and the command .venv/bin/sakimori / 準備のみ
	@echo "ready / 準備完了: $(BIN)/sakimori --help"

run: $(RUN_READY) $(CATALOGUES_READY) ## play the loop and serve on 127.0.0.1:8080 (ONCE=1: stop after the loop) / 実行
	@$(BIN)/sakimori demo $(if $(filter 1,$(ONCE)),--once)

test: $(DEV_READY) $(CATALOGUES_READY) ## all checks and all tests / 全検査・全試験
	@tools/debian_packages.sh
	@tools/check.sh
	@tools/test.sh

lint: $(DEV_READY) ## the checks alone / 静的検査のみ
	@tools/check.sh

fix: $(DEV_READY) ## let ruff mend what it can / 自動修正
	@$(BIN)/ruff check --quiet --fix sakimori tests tools benchmarks
	@$(BIN)/ruff format --quiet sakimori tests tools benchmarks

lock: $(RUN_READY) ## write requirements/*.lock anew (UPGRADE=1: newest versions) / 依存の固定
	@tools/lock.sh

clean: ## remove what the above made; sample worlds in var/ stay / 生成物の削除
	@rm -rf $(VENV) .examples build dist *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage .coverage.*
	@find sakimori tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	@find sakimori -name '*.mo' -delete

$(RUN_READY): $(SETUP_INPUTS) requirements/run.lock
	@tools/setup.sh run
	@touch $@

$(DEV_READY): $(SETUP_INPUTS) requirements/dev.lock | $(RUN_READY)
	@tools/setup.sh dev
	@touch $@

$(CATALOGUES_READY): $(CATALOGUES) tools/compile_catalogues.py | $(RUN_READY)
	@$(BIN)/python tools/compile_catalogues.py
	@touch $@
