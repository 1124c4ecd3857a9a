#!/usr/bin/env bash
# Sends generated requests to the real front-end, with generated answers from its upstreams, and judges each.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: eng/fuzz.sh [SEED] [--cases N] [--case N] [--callers N] [--findings N] [--no-build]

Starts the front-end as a process on loopback, with upstreams that check what reaches them. Every case follows from the seed and its
number: bodies, answers, credentials, headers, paths, bytes that are no HTTP, and manifests. Prints rate, memory and the distribution of
what came of the cases. Ends with 1 at the first finding, with the command that replays its case alone.

  SEED            1 if not given (also as --seed N)
  --cases N       1000000 if not given
  --case N        only this one
  --callers N     callers at a time; 48 if not given
  --findings N    go on until there are so many; 1 if not given
  --no-build      run what was built last
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

build=yes
arguments=()
if [ $# -gt 0 ] && [[ $1 =~ ^[0-9]+$ ]]; then
    arguments+=(--seed "$1")
    shift
fi
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --no-build) build=no ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if [ "$build" = yes ]; then
    dotnet build test/Fuzz -c Release -v quiet -clp:NoSummary
fi
exec dotnet artifacts/bin/Fuzz/release/Gateway.Fuzz.dll "${arguments[@]}"
