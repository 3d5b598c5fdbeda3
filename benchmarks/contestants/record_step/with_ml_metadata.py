"""Seconds for ml-metadata on SQLite to put the same step: the median over STEPS, with its default settings."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from ml_metadata.metadata_store import metadata_store
from ml_metadata.proto import metadata_store_pb2 as pb
from step import INPUTS, METADATA, ORIGIN, OUTPUTS, PARAMETERS, RUNTIME, STEPS, digest

_TEXTS = ("digest", "definition", "metadata", "commit", "repository", "actor", "created")


def artifact_type(store: metadata_store.MetadataStore, name: str) -> int:
    return store.put_artifact_type(pb.ArtifactType(name=name, properties=dict.fromkeys(_TEXTS, pb.STRING)))


def artifact(kind: int, name: str, number: int) -> pb.Artifact:
    stream = OUTPUTS.get(name, name)
    made = pb.Artifact(type_id=kind, name=f"{stream}#{number}", uri=digest(name, number, "bytes"))
    texts = {
        **ORIGIN,
        "digest": digest(name, number),
        "definition": f"{stream}@1.0.0",
        "metadata": json.dumps(METADATA.get(name, {})),
        "created": f"2030-01-31T09:00:00.{number:06}Z",
    }
    for key, value in texts.items():
        made.properties[key].string_value = value
    return made


def event(kind: pb.Event.Type, name: str) -> pb.Event:
    return pb.Event(type=kind, path=pb.Event.Path(steps=[pb.Event.Path.Step(key=name)]))


def run_of(store: metadata_store.MetadataStore, kind: int, number: int) -> pb.Context:
    (context,) = store.put_contexts([pb.Context(type_id=kind, name=f"run-{number:05}")])
    return store.get_contexts_by_id([context])[0]


times = []
with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
    config = pb.ConnectionConfig()
    config.sqlite.filename_uri = str(Path(folder) / "mlmd.db")
    config.sqlite.connection_mode = 3  # READWRITE_OPENCREATE
    store = metadata_store.MetadataStore(config)
    kinds = {name: artifact_type(store, name) for name in ("batch", "checkpoint")}
    train = store.put_execution_type(
        pb.ExecutionType(name="train", properties={"parameters": pb.STRING, "runtime": pb.STRING})
    )
    run_type = store.put_context_type(pb.ContextType(name="run"))
    inputs = store.get_artifacts_by_id(store.put_artifacts([artifact(kinds["batch"], name, 7) for name in INPUTS]))
    for number in range(STEPS):
        context = run_of(store, run_type, number)
        execution = pb.Execution(
            type_id=train, name=f"run-{number:05}/train", last_known_state=pb.Execution.State.COMPLETE
        )
        execution.properties["parameters"].string_value = json.dumps(PARAMETERS)
        execution.properties["runtime"].string_value = json.dumps(RUNTIME)
        edges = [(one, event(pb.Event.INPUT, name)) for one, name in zip(inputs, INPUTS, strict=True)]
        edges += [(artifact(kinds[name], name, number), event(pb.Event.OUTPUT, name)) for name in OUTPUTS]
        began = time.perf_counter()
        store.put_execution(execution, edges, [context])
        times.append(time.perf_counter() - began)
    assert len(store.get_executions()) == STEPS
print(median(times))
