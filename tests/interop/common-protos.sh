#!/usr/bin/env bash
# Prints the folder with google/rpc as Google publishes it: Debian has no copy, the package Google.Api.CommonProtos, which the server's restore
# brings, has one.
set -euo pipefail
packages=$(dotnet nuget locals global-packages --list)
printf '%s\n' "${packages#*: }"/google.api.commonprotos/*/content/protos | sort -V | tail -n 1
