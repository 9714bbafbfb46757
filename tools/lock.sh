#!/usr/bin/env bash
# Write the locks anew from pyproject.toml and requirements/bootstrap.in: pinned, hashed, for Python 3.11.
# `make lock` keeps what is pinned and still fits; `make lock UPGRADE=1` takes the newest.
set -euo pipefail
cd "$(dirname "$0")/.."
options=(--quiet --python-version 3.11 --generate-hashes --no-header ${UPGRADE:+--upgrade})
compile() { .venv/bin/uv pip compile "${options[@]}" "$@"; }
compile requirements/bootstrap.in --output-file requirements/bootstrap.lock
compile pyproject.toml --output-file requirements/run.lock
compile pyproject.toml --extra dev --constraint requirements/run.lock --output-file requirements/dev.lock
compile requirements/examples.in --no-deps --output-file requirements/examples.lock
