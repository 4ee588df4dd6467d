#!/usr/bin/env bash
# Starts the server on free ports with a store of its own and lets the Python, Node and C++ clients call it; C++ once more over TLS.
# The last line of standard output is `N passed, M failed`, with `, K skipped` when there are any.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
patience=60

work=$(mktemp -d)
server=
passed=0 failed=0 skipped=0

finish() {
    local code=$?
    if [[ -n $server ]]; then
        stop || true
    fi
    rm -rf "$work"
    # Whatever ended the script before its end is a failure too.
    if ((code != 0 && failed == 0)); then
        failed=1
    fi
    echo "$passed passed, $failed failed$( ((skipped == 0)) || echo ", $skipped skipped")"
    ((failed == 0 && code == 0)) || exit 1
}
trap finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# Adds the counts of a suite: its name, `passed failed skipped`.
add() {
    local name=$1 counts=$2
    # A suite that crashed gives no counts.
    [[ $counts =~ ^[0-9]+\ [0-9]+\ [0-9]+$ ]] || counts="0 1 0"
    local p f s
    read -r p f s <<<"$counts"
    ((p + f + s > 0)) || f=1
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    echo "$name: $p passed, $f failed, $s skipped"
}

# HOST:PORT of a key of the ports file.
ports() {
    /usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]].split("/")[2])' "$work/ports.json" "$1"
}

# Starts the server; what is given are further settings.
start() {
    rm -f "$work/ports.json"
    # Told to stop, `timeout` passes it on, and kills what does not stop in time.
    (cd "$work" && exec timeout --foreground --kill-after="$patience" 30m dotnet "$root/src/Scoring.Server/bin/Release/net10.0/Scoring.Server.dll" \
        --GrpcEndpoint=127.0.0.1:0 --HttpEndpoint=127.0.0.1:0 \
        --DataDirectory="$work/data" --PortsFile="$work/ports.json" "$@") >>"$work/server.log" 2>&1 </dev/null &
    server=$!
    local since=$SECONDS
    until [[ -s $work/ports.json ]]; do
        if ! kill -0 "$server" 2>/dev/null || ((SECONDS - since > patience)); then
            echo "The server did not start:" >&2
            cat "$work/server.log" >&2
            return 1
        fi
        # The file is the signal; this only yields the processor between two looks.
        sleep 0.05
    done
    SCORING_GRPC_ADDRESS=$(ports grpc)
    SCORING_HTTP_ADDRESS=$(ports http)
    export SCORING_GRPC_ADDRESS SCORING_HTTP_ADDRESS
    # Also with TLS this port answers probes in plain text.
    curl -sS --fail --max-time "$patience" --retry 10 --retry-connrefused "http://$SCORING_HTTP_ADDRESS/readyz" >/dev/null
}

# Tells the server to stop as an operator would; gives its exit code.
stop() {
    local code=0
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" || code=$?
    server=
    return "$code"
}

# A server that does not end well is a failure.
stopped() {
    if stop; then add "Stop" "1 0 0"; else add "Stop" "0 1 0"; fi
}

python_suite() {
    "$here/python/generate.sh" "$PYTHONPATH"
    timeout 300 /usr/bin/python3 "$here/python/run.py" | tail -n 1
}

node_suite() {
    local report=$work/node.tap
    (cd "$here/node" && timeout 480 node --test \
        --test-reporter=spec --test-reporter-destination=stderr \
        --test-reporter=tap --test-reporter-destination="$report" ./*.test.js) || true
    count() { sed -n "s/^# $1 //p" "$report" | tail -n 1; }
    echo "$(count pass) $(($(count fail) + $(count cancelled))) $(($(count skipped) + $(count todo)))"
}

# gRPC C++ against the server that was started; `--ca=FILE` for TLS.
cpp_suite() {
    [[ -x $work/cpp/interop_client ]] || "$here/cpp/build.sh" "$work/cpp" >&2
    timeout 120 "$work/cpp/interop_client" "$SCORING_GRPC_ADDRESS" "$@"
}

# The first code block of a language in the README, calling the server that was started here.
readme_code() {
    awk -v fence="^\`\`\`$1\$" '$0 ~ fence { inside = 1; next } /^```/ { if (inside) exit } inside' "$root/README.md" |
        sed "s/localhost:5081/$SCORING_GRPC_ADDRESS/"
}

# Runs the README's first calls as they stand; each must show the customer that it reads.
readme_suite() {
    readme_code python >"$work/first_call.py"
    readme_code js >"$work/first_call.cjs"
    mkdir "$work/first_call"
    readme_code csharp >"$work/first_call/Program.cs"
    cat >"$work/first_call/first_call.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup>
    <ProjectReference Include="$root/src/Scoring.Client/Scoring.Client.csproj" />
  </ItemGroup>
</Project>
PROJECT
    local ok=0
    shows 'customer_id: "ada"' /usr/bin/python3 "$work/first_call.py" && ok=$((ok + 1))
    shows "customerId: 'ada'" env NODE_PATH="$here/node/node_modules" node "$work/first_call.cjs" && ok=$((ok + 1))
    shows ' disengaged' dotnet run -c Release --project "$work/first_call" && ok=$((ok + 1))
    echo "$ok $((3 - ok)) 0"
}

# Whether a command that is run in the root of the repository succeeds and prints a text.
shows() {
    local text=$1 code=0
    shift
    (cd "$root" && timeout 180 "$@") >"$work/shown" || code=$?
    cat "$work/shown" >&2
    ((code == 0)) && grep -qF "$text" "$work/shown"
}

"$here/install.sh"
dotnet build "$root/src/Scoring.Server" -c Release -clp:ErrorsOnly -nologo -nodeReuse:false
start
export PYTHONPATH=$work/python PYTHONDONTWRITEBYTECODE=1
add "Python" "$(python_suite || true)"
add "Node" "$(node_suite || true)"
add "C++" "$(cpp_suite || true)"
add "README" "$(readme_suite || true)"
stopped
"$here/certificates.sh" "$work/certificates"
start --TlsCertificate="$work/certificates/server.pem" --TlsKey="$work/certificates/server.key"
add "C++, TLS" "$(cpp_suite --ca="$work/certificates/ca.pem" || true)"
stopped
if ((failed > 0)); then
    echo "--- end of the server's log" >&2
    tail -n 50 "$work/server.log" >&2
fi
