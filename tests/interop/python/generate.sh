#!/usr/bin/env bash
# Generates the Python client into the folder given, with Debian's protoc and gRPC plugin.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../..
out=$(mkdir -p "$1" && cd "$1" && pwd)

generate() {
    protoc -I"$1" -I/usr/include --python_out="$out" --grpc_python_out="$out" \
        --plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin "${@:2}"
}

generate "$root/protos" "$root"/protos/scoring/v1/*.proto "$root"/protos/google/api/*.proto

details=$("$here/../common-protos.sh")
generate "$details" "$details"/google/rpc/{status,error_details}.proto

# Health and reflection come from Debian's copy of the published files, not from the server's. They leave the folder grpc/, which in Python is
# the package of grpcio.
published=$out/published
mkdir -p "$published/grpc_health" "$published/grpc_reflection"
cp -r /usr/share/grpc-proto/grpc/health/v1 "$published/grpc_health"
cp -r /usr/share/grpc-proto/grpc/reflection/v1 /usr/share/grpc-proto/grpc/reflection/v1alpha "$published/grpc_reflection"
generate "$published" "$published"/*/*/*.proto
