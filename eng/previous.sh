#!/usr/bin/env bash
# Builds the silo and the front-end of the parent commit below artifacts/previous and prints the folder with the programs.
# Prints nothing, and says why on standard error, where there is no parent commit or it has no silo program.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
commit=$(git rev-parse --verify --quiet HEAD^ 2>/dev/null) || { echo "This clone has no parent commit: no upgrade is tried." >&2; exit 0; }
git cat-file -e "$commit:src/Silo/Program.cs" 2>/dev/null || { echo "The parent commit has no silo program: no upgrade is tried." >&2; exit 0; }

folder=$PWD/artifacts/previous
programs=$folder/artifacts/bin
if [ "$(cat "$folder/commit" 2>/dev/null || true)" != "$commit" ]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    git archive "$commit" | tar -x -C "$folder"
    for project in Silo Api; do
        dotnet build "$folder/src/$project" -c Release -v quiet -clp:NoSummary -p:RunAnalyzers=false >&2
    done
    echo "$commit" >"$folder/commit"
fi
echo "$programs"
