#!/usr/bin/env bash
# Try the project on a machine that never saw it: a bare Debian 12 in a directory, with Python 3.11, git and make only.
#     tools/fresh_machine.sh DIRECTORY [COMMAND]      (default command: make run ONCE=1 && make test)
# Needs root and debootstrap. The system in DIRECTORY is made once and kept; the clone in it is new each time and holds
# what is committed here. Real inputs are bound read-only when SAKIMORI_DATA names them.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
root=${1:?directory}
command=${2:-make run ONCE=1 && make test}

[ "$(id -u)" -eq 0 ] || { echo "needs root / root で実行してください" >&2; exit 1; }
if [ ! -e "$root/etc/debian_version" ]; then
    debootstrap --variant=minbase --include=python3.11,git,make,ca-certificates bookworm "$root"
fi
# The certificates and names this machine trusts and knows.
rm -rf "$root/etc/ssl/certs"
cp -rL /etc/ssl/certs "$root/etc/ssl/certs"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
rm -rf "$root/srv/origin" "$root/srv/sakimori"
git clone --quiet --bare "$repository" "$root/srv/origin"
mkdir -p "$root/srv/data"

export root command SAKIMORI_DATA=${SAKIMORI_DATA:-}
unshare --mount --pid --fork bash -euo pipefail -c '
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    data=""
    if [ -n "$SAKIMORI_DATA" ]; then
        mount --bind -o ro "$SAKIMORI_DATA" "$root/srv/data"
        data=/srv/data
    fi
    exec chroot "$root" /usr/bin/env -i HOME=/srv/home LC_ALL=C.UTF-8 SAKIMORI_DATA="$data" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
        bash -euo pipefail -c "rm -rf /srv/home && mkdir -p /srv/home && git clone -q /srv/origin /srv/sakimori && cd /srv/sakimori && $command"
'
