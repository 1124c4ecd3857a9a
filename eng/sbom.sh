#!/usr/bin/env bash
# Writes what the two programs are made of as CycloneDX 1.6 (JSON), from the graph that the restore resolved.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: eng/sbom.sh [FILE]

Writes the bill of materials of src/Api and src/Silo to FILE (default: artifacts/sbom.json). Restores them first where that was not
done yet. Needs python3.
TEXT
}

case ${1:-} in
    --help | -h) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
esac
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
output=$(realpath -m "${1:-$root/artifacts/sbom.json}")
cd "$root"
for project in Api Silo; do
    [ -s "artifacts/obj/$project/project.assets.json" ] || dotnet restore "src/$project/$project.csproj" -v quiet
done
mkdir -p "$(dirname "$output")"

python3 - "$output" artifacts/obj/{Api,Silo}/project.assets.json <<'PYTHON'
import base64, datetime, json, pathlib, re, sys, uuid

output, *graphs = sys.argv[1:]
components, edges, roots = {}, {}, {}


def reference(name, version):
    return f"pkg:nuget/{name}@{version}"


def licence(folders, path):
    """The expression of the package's own description; none where it has a file or an address only."""
    for folder in folders:
        for description in pathlib.Path(folder, path).glob("*.nuspec"):
            found = re.search(r'<license type="expression">([^<]+)</license>', description.read_text("utf-8-sig"))
            return [{"expression": found.group(1)}] if found else []
    return []


for file in graphs:
    assets = json.loads(pathlib.Path(file).read_text("utf-8"))
    folders = list(assets["packageFolders"])
    target = next(iter(assets["targets"].values()))
    versions = {key.split("/")[0].lower(): key for key in target}
    projects = set()

    def references(dependencies):
        """Packages; of projects of our own, what these depend on."""
        for name in dependencies:
            key = versions.get(name.lower())
            if key is None:
                continue
            if target[key]["type"] == "package":
                yield reference(*key.split("/"))
            elif key not in projects:
                projects.add(key)
                yield from references(target[key].get("dependencies", {}))

    for key, resolved in target.items():
        if resolved["type"] != "package":
            continue
        name, version = key.split("/")
        library = assets["libraries"][key]
        # What only helps the compiler is no part of the program.
        ships = any(not path.endswith("_._") for part in ("runtime", "runtimeTargets", "native") for path in resolved.get(part, {}))
        component = {
            "type": "library",
            "bom-ref": reference(name, version),
            "name": name,
            "version": version,
            "purl": reference(name, version),
            "scope": "required" if ships else "excluded",
            "hashes": [{"alg": "SHA-512", "content": base64.b64decode(library["sha512"]).hex()}],
        }
        if licences := licence(folders, library["path"]):
            component["licenses"] = licences
        if components.get(component["bom-ref"], component)["scope"] == "required":
            component["scope"] = "required"
        components[component["bom-ref"]] = component
        edges.setdefault(component["bom-ref"], set()).update(references(resolved.get("dependencies", {})))

    program = assets["project"]["restore"]["projectName"]
    direct = [name for framework in assets["project"]["frameworks"].values() for name in framework.get("dependencies", {})]
    direct += [key.split("/")[0] for key, resolved in target.items() if resolved["type"] == "project"]
    roots["gateway:" + program] = (program, set(references(direct)))

props = pathlib.Path("Directory.Build.props").read_text("utf-8")
version = re.search("<VersionPrefix>([^<]+)<", props).group(1)
document = {
    "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "serialNumber": f"urn:uuid:{uuid.uuid4()}",
    "version": 1,
    "metadata": {
        "timestamp": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "component": {
            "type": "application",
            "bom-ref": "gateway",
            "name": "inference-gateway",
            "version": version,
            "licenses": [{"expression": re.search("<PackageLicenseExpression>([^<]+)<", props).group(1)}],
            "components": [{"type": "application", "bom-ref": ref, "name": name, "version": version} for ref, (name, _) in sorted(roots.items())],
        },
    },
    "components": [components[ref] for ref in sorted(components, key=str.lower)],
    "dependencies": [{"ref": "gateway", "dependsOn": sorted(roots)}]
    + [{"ref": ref, "dependsOn": sorted(needed)} for ref, (_, needed) in sorted(roots.items())]
    + [{"ref": ref, "dependsOn": sorted(edges[ref])} for ref in sorted(edges)],
}
pathlib.Path(output).write_text(json.dumps(document, indent=2) + "\n", "utf-8")
print(f"{output}: {len(components)} packages")
PYTHON
