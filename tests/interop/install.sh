#!/usr/bin/env bash
# Installs what the clients need, as far as it is missing: Debian's gRPC for Python and C++, Chromium and OpenSSL, and the packages of node/package-lock.json.
set -euo pipefail
cd "$(dirname "$0")"

packages=(
    chromium curl g++ grpc-proto libgrpc++-dev libprotobuf-dev openssl pkg-config protobuf-compiler protobuf-compiler-grpc
    python3-grpcio python3-protobuf
)
missing=()
for package in "${packages[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) == installed ]] || missing+=("$package")
done
if ((${#missing[@]})); then
    if ((EUID != 0)); then
        echo "Missing packages; as root: apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
fi

# npm leaves this file behind a complete installation.
if [[ ! node/node_modules/.package-lock.json -nt node/package-lock.json ]]; then
    (cd node && npm ci --no-audit --no-fund --loglevel=error)
fi
