#!/usr/bin/env bash
# The gateway beside a bare forwarder and nginx, in interleaved rounds on this machine.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: eng/bench.sh [--quick] [--unlimited] [--rounds N] [--seconds N] [--connections N] [--keys N] [--streams N]
       eng/bench.sh --credentials
       eng/bench.sh --ledger [--rows N]
       eng/bench.sh --limits [--front-ends N] [--limit N] [--users N]

Builds in Release and prints, as medians over interleaved rounds, throughput, CPU time per request of each process and
their ratios to a bare Kestrel + HttpMessageInvoker forwarder; latency at half load; memory of open slow streams.
Ratios count: absolute figures are those of this machine, shared with the load generator and the upstreams.

  --ledger         only the usage ledger: cost of a journal entry, records/s into PostgreSQL, queries over --rows (10,000,000) records;
                   ends with 1 and names it below 10,000 records/s, or where usage by user and day takes 300 ms
  --limits         only limits, over 3 silos, --front-ends (2), Redis and PostgreSQL: the cost of an admission for --users (1000) with 6 requests
                   a minute, grain calls per request and usable share of --limit (100000) a minute; takes five minutes; ends with 1
                   and names it where more than one round trip, 2 ms at p50 or 0.05 calls are needed, or less than 95 % is usable
  --unlimited      users without limits, for what these cost
  --quick          3 rounds of 2 s, 500 open streams
  --rounds N       interleaved rounds (7)
  --seconds N      length of one run (3)
  --connections N  connections of unary runs; streams use half (64)
  --keys N         API keys in use (1000)
  --streams N      open slow streams; 0 leaves them out (2000, at most 9800 with 20,000 file descriptors)

  --credentials    time and allocations of authenticating a request with a cached credential; ends with 1 above 3 µs

Needs wrk; nginx is left out where it is not installed.
TEXT
}

case ${1:-} in --help | -h) usage; exit 0 ;; esac
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
if [ "${1:-}" = --ledger ]; then
    shift
    dotnet build bench/Ledger -c Release -v quiet -clp:NoSummary
    exec dotnet artifacts/bin/Ledger/release/Gateway.Ledger.dll "$@"
fi
if [ "${1:-}" = --limits ]; then
    shift
    ulimit -n "$(ulimit -Hn)"
    dotnet build bench/Limits -c Release -v quiet -clp:NoSummary
    exec dotnet artifacts/bin/Limits/release/Gateway.Limits.dll "$@"
fi
if [ "${1:-}" = --credentials ]; then
    dotnet build bench/Credentials -c Release -v quiet -clp:NoSummary
    exec dotnet artifacts/bin/Credentials/release/Gateway.Credentials.dll
fi
command -v wrk >/dev/null || { echo "wrk is not installed (Debian: apt-get install wrk)" >&2; exit 1; }
ulimit -n "$(ulimit -Hn)"
echo "Building in Release"
dotnet build bench/Runner -c Release -v quiet -clp:NoSummary
exec dotnet artifacts/bin/Runner/release/Gateway.Runner.dll "$@"
