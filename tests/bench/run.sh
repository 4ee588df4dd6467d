#!/usr/bin/env bash
# Measures whole processes against each other on this machine and prints one table. Arguments name comparisons; without any, all run.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v h2load >/dev/null; then
    echo "h2load is missing: apt-get install nghttp2-client" >&2
    exit 1
fi

dotnet build tests/Scoring.Benchmarks -c Release -nodeReuse:false -clp:ErrorsOnly -v:quiet >&2
exec tests/Scoring.Benchmarks/bin/Release/net10.0/Scoring.Benchmarks compare "$@"
