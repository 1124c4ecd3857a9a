#!/usr/bin/env bash
# Builds the solution with warnings as errors and runs every test project.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: eng/test.sh [--fast] [--repeat N] [--no-install] [--no-build] [PROJECT…]

Installs what the tests need where it is missing (Debian packages as root, npm packages), builds the solution with
warnings as errors and runs the test projects, the clusters' beside the others. The last line is the sum over all of them:
"N passed, N failed", with ", N skipped" where tests were skipped.

  PROJECT        run only these test projects, e.g. Grains.Tests
  --fast         leave out the projects that start processes (Process.Tests, Conformance.Tests, Cluster.Tests,
                 Browser.Tests, Fuzz.Tests)
  --repeat N     run everything N times in a row
  --no-install   install nothing; tests whose tools are missing are skipped
  --no-build     run what was built last
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
configuration=Release
fast=no repeat=1 install=yes build=yes
projects=()
while [ $# -gt 0 ]; do
    case $1 in
        --fast) fast=yes ;;
        --repeat) repeat=${2:?--repeat needs a number}; shift ;;
        --no-install) install=no ;;
        --no-build) build=no ;;
        --help | -h) usage; exit 0 ;;
        -*) usage >&2; exit 2 ;;
        *) projects+=("$1") ;;
    esac
    shift
done

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }

# shellcheck source=eng/tools.sh
. eng/tools.sh

# Folder with the lock file, and the package that says whether it was done.
install_npm() {
    if [ ! -d "$1/node_modules/$2" ]; then
        say "Installing the npm packages of $1"
        (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    fi
}

install_tools() {
    local missing=()
    have python3 || missing+=(python3)
    have nginx || missing+=(nginx-light)
    have promtool || missing+=(prometheus)
    have curl || missing+=(curl)
    have_postgres || missing+=(postgresql)
    have redis-server || missing+=(redis-server)
    have chromium || missing+=(chromium)
    have node && have npm || missing+=(nodejs npm)
    if [ ${#missing[@]} -gt 0 ]; then
        require_packages "${missing[@]}"
    fi
    install_npm test/Conformance/npm openai
    install_npm test/Conformance/oidc oidc-provider
    export GATEWAY_TESTS_REQUIRE_ALL=1
}

find_projects() {
    local file name
    while IFS= read -r file; do
        name=$(basename "$file" .csproj)
        if [ "$fast" = yes ] && { [ "$name" = Process.Tests ] || [ "$name" = Conformance.Tests ] || [ "$name" = Cluster.Tests ] || [ "$name" = Browser.Tests ] || [ "$name" = Fuzz.Tests ]; }; then
            continue
        fi
        projects+=("$name")
    done < <(find test -name '*.Tests.csproj' -not -path '*/node_modules/*' | sort)
}

# Value of an attribute of the report's <assembly> element.
count() { sed -n "s/.*<assembly [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

# Leaves "passed failed skipped" in a file of its own, since projects may run side by side.
run_project() {
    local name=$1 program="artifacts/bin/$1/${configuration,,}/Gateway.$1.dll" report code=0
    report="$results/$name.xml"
    rm -f "$report"
    say "Running $name"
    timeout --kill-after=10 1500 dotnet "$program" -xml "$report" -noLogo -noColor >"$results/$name.log" 2>&1 </dev/null || code=$?
    if [ ! -s "$report" ]; then
        tail -n 60 "$results/$name.log"
        say "$name gave no result (exit code $code)"
        echo "0 1 0" >"$results/$name.sum"
        return
    fi
    local good bad errors left
    good=$(count "$report" passed) bad=$(count "$report" failed) errors=$(count "$report" errors) left=$(count "$report" skipped)
    bad=$((bad + errors))
    # A run that ends badly without naming a test is a failure of its own.
    [ "$code" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    echo "$good $bad $left" >"$results/$name.sum"
    [ "$bad" -eq 0 ] || grep -v '^$' "$results/$name.log" | head -n 400 || true
    [ "$left" -eq 0 ] || grep -A 1 '\[SKIP\]' "$results/$name.log" || true
    say "$name: $good passed, $bad failed, $left skipped"
}

# Clusters mostly wait, so that they run beside all the others; each side has ports of its own.
run_projects() {
    local name beside=
    if [ ${#projects[@]} -gt 1 ] && [[ " ${projects[*]} " == *" Cluster.Tests "* ]]; then
        GATEWAY_TESTS_LANE=1 run_project Cluster.Tests >"$results/Cluster.Tests.out" 2>&1 &
        beside=$!
        export GATEWAY_TESTS_LANE=0
    fi
    for name in "${projects[@]}"; do
        [ -n "$beside" ] && [ "$name" = Cluster.Tests ] || run_project "$name"
    done
    if [ -n "$beside" ]; then
        wait "$beside" || true
        cat "$results/Cluster.Tests.out"
    fi
}

passed=0 failed=0 skipped=0
add_up() {
    local name good bad left
    for name in "${projects[@]}"; do
        read -r good bad left <"$results/$name.sum"
        passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
    done
}

# One compiler for all projects, of this run alone: to start one for each costs more than a minute.
compiler=gateway-tests-$$
with_compiler() (
    export UseSharedCompilation=true SharedCompilationId=$compiler
    "$@"
)
stop_compiler() {
    local process
    for process in /proc/[0-9]*; do
        if tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -q -- "-pipename:$compiler"; then
            kill "${process#/proc/}" 2>/dev/null || true
        fi
    done
} 2>/dev/null
trap stop_compiler EXIT

[ "$install" = no ] || install_tools
[ ${#projects[@]} -gt 0 ] || find_projects
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
if [ "$build" = yes ]; then
    say "Building"
    with_compiler dotnet build Orleans.sln -c $configuration -p:ContinuousIntegrationBuild=true -m:2 -v quiet -clp:NoSummary
fi

# A running cluster is upgraded from the parent commit's programs, where there is such a commit.
if [[ " ${projects[*]} " == *" Cluster.Tests "* ]] && [ "$build" = yes ]; then
    say "Building the parent commit"
    GATEWAY_TESTS_PREVIOUS=$(with_compiler eng/previous.sh)
    export GATEWAY_TESTS_PREVIOUS
fi
stop_compiler

# Hundreds of programs are started that live for seconds, and the tests themselves for minutes: what the runtime does so that programs run
# fast for days costs a sixth to a third of their processor time (test/Testing/Processes/ChildProcess.cs).
export GATEWAY_TESTS_BRIEF_PROCESSES=1
export DOTNET_EnableWriteXorExecute=0 DOTNET_TieredPGO=0

results=artifacts/test-results
mkdir -p "$results"
rm -f "$results"/*.sum
for ((round = 1; round <= repeat; round++)); do
    [ "$repeat" -eq 1 ] || say "Round $round of $repeat"
    run_projects
    add_up
done

summary="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || summary+=", $skipped skipped"
echo "$summary"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
