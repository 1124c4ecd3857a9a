#!/usr/bin/env bash
# Breaks a cluster on this machine again and again while callers use it.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: eng/crash.sh SEED MINUTES [--rate N] [--only TEXT] [--upgrade] [--no-build]
       eng/crash.sh --ledger CALLS [--no-build]

Starts Redis, PostgreSQL, three silos, two front-ends and nginx on loopback, sends calls at a fixed rate (half of them need a key
that their node does not know yet), and lets one fault after another happen in an order that SEED decides: silos killed, hung and
stopped, front-ends stopped, Redis killed, emptied, rolled back and hung, PostgreSQL restarted. Prints what callers saw of each.
Ends with 1 if a call failed that the fault does not explain.

With --ledger: two front-ends serve CALLS calls each while PostgreSQL is away and are lost; then CALLS calls of all kinds (unary, streams,
aborts, failures, failovers) at three others, while front-ends and silos are killed and PostgreSQL is restarted. Compares the
ledger with what callers and upstreams saw; ends with 1 if a record is missing, there twice or wrong, or anything stays reserved.

  --rate N      calls per second; 200 if not given
  --only TEXT   only faults whose name holds TEXT
  --upgrade     also upgrade the running cluster from the parent commit's programs, which are built first
  --no-build    run what was built last
TEXT
}

case ${1:-} in --help | -h) usage; exit 0 ;; esac
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=eng/tools.sh
. eng/tools.sh

[ $# -ge 2 ] || { usage >&2; exit 2; }
if [ "$1" = --ledger ]; then
    arguments=(--ledger "$2")
else
    arguments=(--seed "$1" --minutes "$2")
fi
shift 2
build=yes upgrade=no
while [ $# -gt 0 ]; do
    case $1 in
        --no-build) build=no ;;
        --upgrade) upgrade=yes ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

require_cluster_programs

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if [ "$upgrade" = yes ]; then
    arguments+=(--previous "$(eng/previous.sh)")
fi
if [ "$build" = yes ]; then
    dotnet build eng/CrashRun -c Release -v quiet -clp:NoSummary
fi
exec dotnet artifacts/bin/CrashRun/release/Gateway.CrashRun.dll "${arguments[@]}"
