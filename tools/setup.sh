#!/usr/bin/env bash
# Make .venv from the locks: `tools/setup.sh run` for running, `tools/setup.sh dev` for tests and checks too.
# Needs Python 3.11, git and make; reaches nothing but the package registry.
set -euo pipefail
cd "$(dirname "$0")/.."
set_wanted=${1:?run or dev}
venv=.venv

say() { printf '%s\n' "$@" >&2; }

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 python3; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    say "Python 3.11 が見つかりません。Debian 12: apt-get install python3.11 python3.11-venv。他の場所にある場合: make PYTHON=/path/to/python3.11" \
        "Python 3.11 was not found. On Debian 12: apt-get install python3.11 python3.11-venv. If it is elsewhere: make PYTHON=/path/to/python3.11"
    return 1
}

ensure_venv_module() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        say "python3.11-venv を導入します / installing python3.11-venv"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3.11-venv >/dev/null
    else
        say "venv モジュールがありません。管理者に依頼: apt-get install python3.11-venv" \
            "The venv module is missing. Ask an administrator for: apt-get install python3.11-venv"
        return 1
    fi
}

make_venv() {
    if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import pip' 2>/dev/null; then
        return
    fi
    local python
    python=$(find_python)
    ensure_venv_module "$python"
    "$python" -m venv --clear "$venv"
}

# uv is quick, pip is everywhere. Both check every hash of the lock.
install_lock() {
    if "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r "$1" 2>"$venv/uv.log"; then
        return
    fi
    say "uv が使えないため pip で導入します / uv did not succeed, using pip instead:" "$(tail -n 3 "$venv/uv.log")"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
}

make_venv
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
# uv does not read pip's configuration; a mirror set there is meant for us too.
mirror=$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)
[ -z "$mirror" ] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$mirror}
[ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}
install_lock "requirements/$set_wanted.lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
