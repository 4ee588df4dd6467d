#!/usr/bin/env bash
# Measures whole processes against each other on this machine and prints one table. Arguments name comparisons and options, --help
# lists them; without any, all run but build. Whatever is started ends with the script, and what it wrote is removed.
set -euo pipefail
cd "$(dirname "$0")/../.."

wanted=" $* "
needs() { # tool, package, comparisons
    local tool=$1 package=$2 comparison
    [[ $wanted == *" --help "* || $wanted == *" -h "* ]] && return
    ! command -v "$tool" >/dev/null || return 0
    for comparison in $3; do
        if [[ $wanted == *" $comparison "* || ! $wanted =~ \ (echo|ingest|scale|redis|postgres|unary|checkpoint|reads|hello|cluster|restart|keys|build)\  ]]; then
            echo "$tool is missing, which $comparison needs: apt-get install $package" >&2
            exit 1
        fi
    done
}

PATH=$PATH:$(printf '%s:' /usr/lib/postgresql/*/bin)
needs h2load nghttp2-client "echo unary checkpoint hello"
needs redis-server redis-server redis
needs initdb postgresql "postgres cluster restart"

for project in src/Scoring.Server tests/Scoring.Benchmarks.Hello tests/Scoring.Benchmarks; do
    dotnet build "$project" -c Release -nodeReuse:false "-clp:ErrorsOnly;NoSummary" -v:quiet >&2
done
exec tests/Scoring.Benchmarks/bin/Release/net10.0/Scoring.Benchmarks compare "$@"
