"""Extract the published schemas of Kubernetes kinds from Go modules: `extract.py FOLDER MODULE=DIRECTORY…`.

Writes `FOLDER/GROUP_VERSION/KIND.FLAVOUR.json`, each complete in itself and otherwise as published. Of flavour `crd`
are the `openAPIV3Schema`s of CustomResourceDefinitions, which an API server enforces to the letter; of flavour
`openapi` are definitions out of an OpenAPI document. A kind may have both.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Schema = dict[str, Any]

# Where the modules keep them. Argo's full CRDs: the minimal ones leave their fields open.
_CRDS = {
    "github.com/argoproj/argo-workflows/v3": "manifests/base/crds/full/argoproj.io_*.yaml",
    "github.com/argoproj/argo-cd/v3": "manifests/crds/*-crd.yaml",
    "github.com/dapr/dapr": "charts/dapr/crds/*.yaml",
}
_OPENAPI = {
    "k8s.io/kubernetes": "api/openapi-spec/v3/api*__v*_openapi.json",
    "github.com/argoproj/argo-workflows/v3": "api/jsonschema/schema.json",
}
_PUBLISHED, _OURS = "#/components/schemas/", "#/definitions/"


def custom_resources(text: str) -> Iterator[tuple[str, str, Schema]]:
    """The apiVersion, kind and schema of each served version in a file of CustomResourceDefinitions."""
    for document in yaml.load_all(text, yaml.CSafeLoader):
        if not document or document["kind"] != "CustomResourceDefinition":
            continue
        spec = document["spec"]
        for version in spec["versions"]:
            if version["served"]:
                yield f"{spec['group']}/{version['name']}", spec["names"]["kind"], version["schema"]["openAPIV3Schema"]


def definitions(text: str) -> Iterator[tuple[str, str, Schema]]:
    """The apiVersion, kind and schema of each kind of object that an OpenAPI or JSON Schema document defines."""
    document = json.loads(text.replace(f'"{_PUBLISHED}', f'"{_OURS}'))
    known = document["definitions"] if "definitions" in document else document["components"]["schemas"]
    for name, schema in known.items():
        of_kinds = schema.get("x-kubernetes-group-version-kind", [])
        if len(of_kinds) == 1 and "metadata" in schema.get("properties", {}):  # what has many is no object of its own
            group, version, kind = (of_kinds[0][field] for field in ("group", "version", "kind"))
            needed = {one: known[one] for one in sorted(_needed(name, known))}
            yield "/".join(filter(None, (group, version))), kind, {"$ref": f"{_OURS}{name}", "definitions": needed}


def _needed(name: str, known: dict[str, Schema]) -> set[str]:
    found, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [reference.removeprefix(_OURS) for reference in _references(known[one])]
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str):
                yield item
            else:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def main(folder: Path, modules: dict[str, Path]) -> None:
    """Write what is found; it is an error if a module has none where they are expected."""
    for flavour, places, read in (("crd", _CRDS, custom_resources), ("openapi", _OPENAPI, definitions)):
        for module, pattern in places.items():
            files = sorted(modules[module].glob(pattern))
            if not files:
                sys.exit(f"{module} has no {pattern}")
            for file in files:
                for version, kind, schema in read(file.read_text()):
                    target = folder / version.replace("/", "_") / f"{kind}.{flavour}.json"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(json.dumps(schema, separators=(",", ":")))


if __name__ == "__main__":
    pairs = (argument.split("=", 1) for argument in sys.argv[2:])
    main(Path(sys.argv[1]), {module: Path(directory) for module, directory in pairs})
