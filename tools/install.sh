#!/usr/bin/env bash
# Install Sakimori from this bundle, without network: `./install.sh --key RELEASE.pub [--to DIR]` (default /opt/sakimori).
# 署名と全ファイルの指紋を確かめてから、ネットワークなしで導入します。RELEASE.pub は別の経路で受け取ったものを使ってください。
set -euo pipefail
cd "$(dirname "$0")"
key="" to=/opt/sakimori
while [ $# -gt 0 ]; do
    case $1 in
        --key) key=$2; shift 2 ;;
        --to) to=$2; shift 2 ;;
        *) echo "知らない引数 / unknown argument: $1" >&2; exit 2 ;;
    esac
done
[ -n "$key" ] || { echo "--key に公開鍵を指定してください / name the public release key with --key" >&2; exit 2; }
fail() { printf '%s\n' "$@" >&2; exit 1; }

openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig >/dev/null 2>&1 ||
    fail "署名が正しくありません。導入しません。" "The signature is wrong: nothing is installed."
sha256sum --quiet --strict --check SHA256SUMS ||
    fail "ファイルが変えられています。導入しません。" "A file was changed: nothing is installed."
listed=$(wc -l <SHA256SUMS)
present=$(find . -type f ! -name 'SHA256SUMS*' | wc -l)
[ "$listed" -eq "$present" ] || fail "署名されていないファイルがあります。" "There are files nobody signed."

python=""
for candidate in "${PYTHON:-}" python3.11 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then python=$candidate; break; fi
done
[ -n "$python" ] || fail "Python 3.11 が必要です。" "Python 3.11 is needed."
[ ! -e "$to/bin/sakimori" ] || echo "既にあるものを新しくします / renewing what is there: $to"
"$python" -m venv "$to"
install() { "$to/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels "$@"; }
install --require-hashes --no-deps -r run.lock
install --no-deps --force-reinstall wheels/sakimori-*.whl
cp -r data LICENSE COMMIT "$to/"
"$to/bin/sakimori" --version
echo "次に / next: $to/bin/sakimori --home /var/lib/sakimori init"
