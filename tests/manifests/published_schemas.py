"""Judges manifests by the published schemas of their kinds, with every key forbidden that a schema does not name.

The schemas are extracted, as published, by `tools/servers/build.py schemas`. What they leave to the API server and so
is done here: keys that they do not name are refused (`closed`), numbers and formats are checked, and entries of a
list that is a set or a map must differ. Rules in CEL (`x-kubernetes-validations`) are not evaluated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import ValidationError
from jsonschema.protocols import Validator
from manifest_values import text, title
from open_api import KubernetesValidator, closed, closed_crd, formats
from programs import built

Schema = dict[str, Any]
_METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


def findings(document: Mapping[str, Any]) -> list[str]:
    """What is wrong with an object, each a line with its place. Unavailable where the schemas cannot be had."""
    version, kind = text(document, "apiVersion"), text(document, "kind")
    validators = _validators(version, kind)
    if not validators:
        return [f"{title(document)}: there is no kind {kind!r} in {version!r}"]
    problems = (problem for one in validators for error in one.iter_errors(document) for problem in _told(error))
    return list(dict.fromkeys(f"{title(document)}: {problem}" for problem in problems))


def _told(error: ValidationError) -> Iterator[str]:
    where = error.json_path.removeprefix("$").removeprefix(".")
    yield f"{where}: {error.message}" if where else error.message


@cache
def _validators(version: str, kind: str) -> tuple[Validator, ...]:
    folder = built("schemas") / version.replace("/", "_")
    readers = {"crd": _of_custom_resource, "openapi": closed}
    return tuple(
        KubernetesValidator(read(json.loads(file.read_text())), format_checker=formats)
        for flavour, read in readers.items()
        for file in [folder / f"{kind}.{flavour}.json"]
        if "/" not in kind and file.is_file()
    )


def _of_custom_resource(schema: Schema) -> Schema:
    """A CRD says nothing of `metadata`: the API server takes what every object has."""
    core: Schema = json.loads((built("schemas") / "v1" / "ConfigMap.openapi.json").read_text())
    strict = closed_crd(schema)
    strict["properties"]["metadata"] = {"$ref": f"#/definitions/{_METADATA}"}
    strict["definitions"] = closed(core)["definitions"]
    return strict
