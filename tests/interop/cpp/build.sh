#!/usr/bin/env bash
# Builds the client in a folder, with Debian's protoc, gRPC plugin and libraries.
set -euo pipefail
cd "$(dirname "$0")"

out=$1
own=../../../protos
details=$(../common-protos.sh)
mkdir -p "$out"
protoc -I "$own" --cpp_out="$out" "$own"/google/api/*.proto "$own"/scoring/v1/*.proto
protoc -I "$own" --grpc_out="$out" --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" "$own"/scoring/v1/scoring_service.proto
protoc -I "$details" --cpp_out="$out" "$details"/google/rpc/{status,error_details}.proto
mapfile -t sources < <(find "$out" -name '*.cc')
read -ra libraries < <(pkg-config --libs grpc++ protobuf)
printf '%s\0' "$PWD/interop_client.cc" "${sources[@]}" |
    xargs -0 -P "$(nproc)" -I{} bash -c 'g++ -std=c++17 -O0 -Wall -I "$1" -c "$2" -o "$1/$(basename "$2" .cc).o"' _ "$out" {}
g++ "$out"/*.o "${libraries[@]}" -o "$out/interop_client"
