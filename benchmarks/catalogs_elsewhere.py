"""Catalogs by themselves, and the same as JSON Schemas and as protobuf files, for the peers that read those."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

from projects import FEATURES, empty


def catalogs(count: int) -> dict[str, str]:
    """A project of so many catalogs and nothing else."""
    return empty() | {catalog_path(number): catalog_text(number) for number in range(count)}


def catalog_path(number: int) -> str:
    return f"catalogs/group_{number // 100}/set-{number}.yaml"


def catalog_text(number: int, *, version: str = "1.0.0", more: str = "", least: int = -1000) -> str:
    """One catalog: a key, FEATURES numbers and words, and `more` lines of features."""
    lines = ["  id: {dtype: int64, minimum: 0, description: The row's key.}"]
    for feature in range(FEATURES):
        if feature % 4 == 3:
            lines.append(f"  word_{feature}: {{dtype: string, max_length: 20, description: A class.}}")
        else:
            lines.append(f"  number_{feature}: {{dtype: float64, minimum: {least}, maximum: 1000, unit: m}}")
    head = f"kind: DataCatalog\nname: set-{number}\nversion: {version}\ndescription: Synthetic.\nfeatures:\n"
    return head + "\n".join(lines) + "\n" + more


def json_schemas(count: int) -> dict[str, str]:
    """The catalogs as JSON Schemas, one file each."""
    return {f"set_{number}.json": json.dumps(_schema(number), indent=1) for number in range(count)}


def _schema(number: int) -> dict[str, Any]:
    properties: dict[str, Any] = {"id": {"type": "integer", "minimum": 0, "description": "The row's key."}}
    for feature in range(FEATURES):
        if feature % 4 == 3:
            properties[f"word_{feature}"] = {"type": "string", "maxLength": 20, "description": "A class."}
        else:
            properties[f"number_{feature}"] = {"type": "number", "minimum": -1000, "maximum": 1000}
    held = {"title": f"Set{number}", "type": "object", "required": list(properties), "properties": properties}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "description": "Synthetic.", **held}


def protobufs(count: int) -> dict[str, str]:
    """The catalogs as protobuf files that buf's own rules are content with."""
    module = dedent(
        """\
        version: v2
        modules:
          - path: proto
        """
    )
    files = {"buf.yaml": module}
    return files | {proto_path(number): proto_text(number) for number in range(count)}


def proto_path(number: int) -> str:
    return f"proto/bench/group{number // 100}/v1/set_{number}.proto"


def proto_text(number: int, *, kind: str = "double") -> str:
    """One message with the fields of a catalog, its numbers of a kind."""
    fields = ["  // The row's key.", "  int64 id = 1;"]
    for feature in range(FEATURES):
        name, of = (f"word_{feature}", "string") if feature % 4 == 3 else (f"number_{feature}", kind)
        fields.append(f"  {of} {name} = {feature + 2};")
    head = f'syntax = "proto3";\n\npackage bench.group{number // 100}.v1;\n\n// Synthetic.\nmessage Set{number} {{\n'
    return head + "\n".join(fields) + "\n}\n"
