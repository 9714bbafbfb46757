#!/usr/bin/env bash
# The static checks: ruff, mypy, import-linter, and the house's own. All run, then it fails if any failed.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
# mypy loads the Django settings: they must not make themselves at home in the work tree.
SAKIMORI_HOME=$(mktemp -d)
export SAKIMORI_HOME
trap 'rm -rf "$SAKIMORI_HOME"' EXIT
failed=()

check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        printf 'ok      %s\n' "$name"
    else
        printf '%s\nFAILED  %s\n' "$output" "$name"
        failed+=("$name")
    fi
}

check "ruff" $bin/ruff check .
check "ruff format" $bin/ruff format --check .
check "mypy" $bin/mypy sakimori tools tests/support tests/conftest.py
check "import contracts" $bin/lint-imports --no-cache
# A test that cannot be imported would stop a run that lasts half an hour; so would one whose name holds the time of day
# or the order of a set, as the processes that share the work would not find the same tests.
tests_found() {
    PYTHONHASHSEED=$1 $bin/python -m pytest -q --collect-only tests >"$SAKIMORI_HOME/tests-$1" ||
        { sed -n '/^=.* ERRORS/,$p' "$SAKIMORI_HOME/tests-$1"; return 1; }
    sed -i '$d' "$SAKIMORI_HOME/tests-$1" # how long it took
}
tests_found_alike() {
    tests_found 1 >"$SAKIMORI_HOME/faults" &
    sleep 1
    tests_found 2 && { wait $! || { cat "$SAKIMORI_HOME/faults"; return 1; }; } && diff "$SAKIMORI_HOME"/tests-{1,2}
}
check "tests are found" tests_found_alike
check "house checks" $bin/python -m tools.house
[ "${#failed[@]}" -eq 0 ] || { echo "failed / 不合格: ${failed[*]}"; exit 1; }
