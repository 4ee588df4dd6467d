#!/usr/bin/env bash
# Installs PostgreSQL as far as it is missing, without the database that Debian's package makes and starts by itself.
set -euo pipefail

! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || exit 0
if ((EUID != 0)); then
    echo "Missing packages; as root: apt-get install --no-install-recommends postgresql" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
settings=/etc/postgresql-common/createcluster.conf
if [[ ! -e $settings ]]; then
    mkdir -p "${settings%/*}"
    echo 'create_main_cluster = false' >"$settings"
fi
apt-get update -qq
apt-get install -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold postgresql >/dev/null
