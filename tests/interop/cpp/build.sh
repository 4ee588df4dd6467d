#!/usr/bin/env bash
# Builds the client in a folder. The interfaces are those that Debian's grpc-proto publishes, not the server's copies.
set -euo pipefail
cd "$(dirname "$0")"

out=$1
published=/usr/share/grpc-proto
own=../../../src/Scoring.Rpc.Core/Protos
mkdir -p "$out"
protoc -I "$published" --cpp_out="$out" --grpc_out="$out" --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" \
    "$published"/grpc/testing/{empty,messages,test}.proto
protoc -I "$own" --cpp_out="$out" "$own"/google/rpc/{status,error_details}.proto
# Generated without services: nothing to link for them.
rm -f "$out"/grpc/testing/{empty,messages}.grpc.pb.{h,cc}
mapfile -t sources < <(find "$out" -name '*.cc')
read -ra libraries < <(pkg-config --libs grpc++ protobuf)
printf '%s\0' "$PWD/interop_client.cc" "${sources[@]}" |
    xargs -0 -P "$(nproc)" -I{} bash -c 'g++ -std=c++17 -O0 -Wall -I "$1" -c "$2" -o "$1/$(basename "$2" .cc).o"' _ "$out" {}
g++ "$out"/*.o "${libraries[@]}" -o "$out/interop_client"
