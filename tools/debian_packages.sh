#!/usr/bin/env bash
# Install the Debian packages the tests use, if we may (root, apt-get) and if any is absent. Never fails:
# what stays absent is named by the tests themselves.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
for package in $(grep -v '^#' tools/debian-packages.txt); do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done

[ "${#missing[@]}" -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "absent, their tests will be skipped / 不足 (関連する試験は省略): ${missing[*]}"
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing / 導入: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() { apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1; }

apt-get update -qq >"$log" 2>&1 || tail -n 3 "$log"
# One by one when all at once fails: on some systems one of them has another name.
install "${missing[@]}" ||
    for package in "${missing[@]}"; do
        install "$package" || echo "could not install / 導入できず: $package: $(tail -n 1 "$log")"
    done
