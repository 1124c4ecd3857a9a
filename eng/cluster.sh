#!/usr/bin/env bash
# Runs a whole cluster on this machine until Ctrl-C.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: eng/cluster.sh [--silos N] [--front-ends N] [--port P] [--folder F] [--no-build]

Starts Redis, PostgreSQL, silos, front-ends and nginx on loopback, each a process of its own, and prints their addresses and where
the admin key is. Ctrl-C stops all of them. Needs redis-server, postgresql and nginx; installs them where apt-get may.

  --silos N        1 to 10; 3 if not given
  --front-ends N   1 to 10; 2 if not given
  --port P         count the ports of silos, front-ends and nginx up from P; free ones if not given
  --folder F       keep logs and data directories there; a temporary folder if not given
  --no-build       run what was built last

Settings of the gateway in the environment (METIS_…, GATEWAY_…) reach every process. Without METIS_STATUS_URL one model, echo, is
served by the script itself.
TEXT
}

# Files that settings name are where the caller is.
caller=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=eng/tools.sh
. eng/tools.sh

build=yes
arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --no-build) build=no ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

require_cluster_programs

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if [ "$build" = yes ]; then
    dotnet build eng/LocalCluster -c Release -v quiet -clp:NoSummary
fi
GATEWAY_TESTS_CALLER=$caller exec dotnet artifacts/bin/LocalCluster/release/Gateway.LocalCluster.dll "${arguments[@]}"
