# Read by bash before a shell example of the documentation, which then runs as it stands: what it calls is what was built here, on free ports
# of the loopback. A server runs when it begins, on the store ./data, and knows the customer ada of the account acme.
set -euo pipefail
server=

stop() {
    [[ -z $server ]] || { kill "$server" && wait "$server" || true; }
    server=
}
trap stop EXIT

# Starts the server in the place of the one that runs.
serve() {
    stop
    coproc listening { exec env dotnet "$SERVER" "$@" --GrpcEndpoint=127.0.0.1:0 --HttpEndpoint=127.0.0.1:0 --PortsFile=ports.json 2>server.log; }
    server=$listening_PID
    read -r -u "${listening[0]}" || { cat server.log >&2; return 1; }
    grpc=$(port grpc) http=$(port http)
    export SCORING_ADDRESS=http://localhost:$grpc
}

port() {
    sed -nE "s#.*\"$1\":\"[a-z]+://[^:]+:([0-9]+).*#\1#p" ports.json
}

dotnet() {
    case "$*" in
        "run -c Release --project src/Scoring.Server"*) serve "${@:7}" ;;
        "run -c Release --project src/Scoring.Cli -- "*) shift 6 && command dotnet "$COMMAND" "${@//localhost:5081/localhost:$grpc}" ;;
        # What this is a part of.
        "test Scoring.sln -c Release") ;;
        *) echo "No example may say 'dotnet $*'." >&2 && return 1 ;;
    esac
}

curl() {
    command curl -sS --fail-with-body "${@//localhost:5080/localhost:$http}"
}

# buf, which the interop tests install, asks the server by reflection as grpcurl does.
grpcurl() {
    [[ $1 == -plaintext && $2 == -d && $# -eq 5 ]]
    "$REPOSITORY/tests/interop/node/node_modules/.bin/buf" curl --protocol grpc --http2-prior-knowledge -d "$3" "http://${4/:5081/:$grpc}/$5"
}

# What it measures takes minutes and wants other servers: whether it would take the arguments is looked up in its usage.
tests/bench/run.sh() {
    local argument options=$REPOSITORY/tests/Scoring.Benchmarks/Comparisons/ComparisonOptions.cs
    for argument in "$@"; do
        [[ $argument =~ ^[0-9]+$ || $argument == --help ]] || grep -qE -- "^ +$argument +" "$options" || {
            echo "tests/bench/run.sh knows no $argument." >&2 && return 1
        }
    done
}

# Somebody else's way to start and stop servers.
systemctl() {
    [[ $* == "stop scoring" ]] && stop
}

# Installs on the machine that it runs on.
apt-get() { :; }

serve
command curl -sS --fail -o ada.json -H 'content-type: application/json' "http://localhost:$http/v1/events" \
    -d '{"customerId": "ada", "accountId": "acme", "type": "session_started"}'
