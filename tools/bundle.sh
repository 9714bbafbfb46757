#!/usr/bin/env bash
# Make the bundle for a machine without network: `tools/bundle.sh OUT.tar [DATA_DIR]`.
# In it: the wheels of requirements/run.lock for this platform, our own wheel (with the law data), open data from
# DATA_DIR (kev/, ip-country/: only what may be passed on), install.sh, and SHA256SUMS signed with Ed25519.
# SAKIMORI_RELEASE_KEY names the private release key (PEM); its public half reaches the other machine by another way.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:?OUT.tar}")
data=${2:-}
key=${SAKIMORI_RELEASE_KEY:?private release key, PEM: openssl genpkey -algorithm ed25519 -out release.key}
python=$PWD/.venv/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle=$work/sakimori-bundle
mkdir -p "$bundle/wheels" "$bundle/data" "$work/source"

# Our own wheel from what is committed, with its texts compiled; nothing is built in the work tree.
git archive HEAD | tar -x -C "$work/source"
(cd "$work/source" && "$python" tools/compile_catalogues.py)
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
    --wheel-dir "$bundle/wheels" "$work/source"
cp requirements/run.lock "$bundle/run.lock"
"$python" -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: --no-deps \
    --dest "$bundle/wheels" -r requirements/run.lock
if [ -n "$data" ]; then
    for part in kev ip-country; do
        [ ! -d "$data/$part" ] || cp -r "$data/$part" "$bundle/data/"
    done
fi
cp tools/install.sh LICENSE "$bundle/"
git rev-parse HEAD >"$bundle/COMMIT"
chmod +x "$bundle/install.sh"

(cd "$bundle" && find . -type f ! -name 'SHA256SUMS*' -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
openssl pkeyutl -sign -inkey "$key" -rawin -in "$bundle/SHA256SUMS" -out "$bundle/SHA256SUMS.sig"
mkdir -p "$(dirname "$out")"
tar -C "$work" --sort=name --owner=0 --group=0 -cf "$out" sakimori-bundle
echo "$out  $(du -h "$out" | cut -f1)"
