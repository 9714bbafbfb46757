#!/usr/bin/env bash
# The tests: those marked `both_databases` over PostgreSQL first, then the fast engine's kernels built with every access
# checked, then the whole suite over SQLite, with the coverage gate over both databases. The last line printed is
# pytest's own closing line.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
rm -f .coverage .coverage.*
# The tests start hundreds of processes: with the byte code kept, each begins with a second of work less.
unset PYTHONDONTWRITEBYTECODE

# Real documents of the CycloneDX and SPDX projects; without them the closing lines name the tests not run.
SAKIMORI_BOM_EXAMPLES=${SAKIMORI_BOM_EXAMPLES:-$PWD/.examples}
export SAKIMORI_BOM_EXAMPLES
$bin/python -m tools.fetch_examples "$SAKIMORI_BOM_EXAMPLES" || true

if $bin/python -c 'import sys; from tests.support.postgres import programs; sys.exit(programs() is None)'; then
    status=0
    SAKIMORI_TEST_DATABASE=postgres $bin/python -m pytest -n auto --dist worksteal -q -m both_databases \
        --cov --cov-report= --cov-fail-under=0 || status=$?
    # 5: no test carries the mark
    [ "$status" -eq 0 ] || [ "$status" -eq 5 ] || exit "$status"
else
    echo "not run over PostgreSQL, it is absent / PostgreSQL がないため省略"
fi
SAKIMORI_CHECKED=1 $bin/python -m pytest -n auto --dist worksteal -q tests/selection/test_fast_{engine,memory}.py
$bin/python -m pytest -n auto --dist worksteal --cov --cov-append --cov-report=term
