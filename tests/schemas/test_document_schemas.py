"""The published JSON Schemas: what is shipped is what is built, and agrees with `jeyn lint` on every document."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from agreement import EXPRESSIBLE, INEXPRESSIBLE, disagreement, instance, validator
from drawn_definitions import definitions
from drawn_projects import DrawnProject, projects
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from test_mutated_documents import CORPORA, corpus, mutated
from thorough import many
from written_documents import document

import jeyn_gen.schemas
from jeyn.model.definitions import KINDS, Definition
from jeyn_gen.diagnostics.codes import CODES
from jeyn_gen.load.documents import read_document
from jeyn_gen.load.nodes import parse
from jeyn_gen.load.text import read_text
from jeyn_gen.schemas.documents import ANY, document_schema, schema_files

ROOT = Path(__file__).parents[2]
SHIPPED = Path(jeyn_gen.schemas.__file__).parent
SEEDS = many(6, 50)  # of so many mutations each, for each corpus
MUTATIONS = 100
PLACES = ("catalogs", "pipelines", "tests/gen/everything", "tests/projects", "tests/gen/lint")
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for place in PLACES
    for path in (ROOT / place).rglob("*.y*ml")
    if {"catalogs", "pipelines"} & set(path.relative_to(ROOT).parts)
)


def test_what_is_shipped_is_what_is_built() -> None:
    built = schema_files()
    assert {path.name for path in SHIPPED.glob("*.json")} == set(built) == {f"{name}.json" for name in (ANY, *KINDS)}
    for name, text in built.items():
        assert (SHIPPED / name).read_bytes().decode() == text, "python tools/json_schemas.py"


def test_every_code_of_one_document_can_be_said_or_cannot() -> None:
    assert set(EXPRESSIBLE) | set(INEXPRESSIBLE) == {code for code in CODES if code < "JYN200"}
    assert not set(EXPRESSIBLE) & set(INEXPRESSIBLE)


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_schemas_are_sound(kind: str | None) -> None:
    schema = document_schema(kind)
    Draft202012Validator.check_schema(schema)
    text = json.dumps(schema)
    references = set(re.findall(r'"#/\$defs/([^"]+)"', text))
    assert references <= set(schema.get("$defs", {}))
    unused = set(schema.get("$defs", {})) - references
    assert not unused
    for python_only in ("(?P", "\\\\Z", "\\\\A", "\\\\w", "\\\\s*"):
        assert python_only not in text


def _keys(schema: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """The described keys of the mappings in a schema, each with its own."""
    if isinstance(schema, list):
        return [found for one in schema for found in _keys(one, path)]
    if not isinstance(schema, dict):
        return []
    own = schema["properties"] if schema.get("additionalProperties") is False else {}
    return [(f"{path}/{key}", value) for key, value in own.items()] + [
        found for key, value in schema.items() for found in _keys(value, f"{path}/{key}")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_described(kind: str) -> None:
    keys = _keys(document_schema(kind))
    assert len(keys) > 8
    assert not [path for path, schema in keys if not schema.get("description", "").endswith(".")]


def test_features_and_steps_are_described_as_in_the_reference() -> None:
    """The rows of the two tables in docs/documents.md that say what a key means."""
    page = (ROOT / "docs" / "documents.md").read_text()
    of_features = document_schema("DataCatalog")["$defs"]["feature"]["properties"]
    of_steps = document_schema("Pipeline")["properties"]["steps"]["additionalProperties"]["properties"]
    for title, known in (("key of a feature", of_features), ("key of a step", of_steps)):
        table = page.partition(f"| {title} | meaning |")[2].partition("\n\n")[0]
        named = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines()[2:])))
        assert named <= set(known), "a key that the reference has and the schema lacks"
        assert set(known) - named <= {"description"}, "a key that the schema has and the reference lacks"


@pytest.mark.parametrize("path", DOCUMENTS)
def test_lint_and_schema_agree_on_every_document_here(path: str) -> None:
    from jeyn_gen.load.nodes import BadDocument

    try:
        text = read_text(ROOT, path)
    except BadDocument:
        return  # what is no text, no schema ever sees
    assert disagreement(text) is None


def test_the_documents_here_are_of_every_expressible_code() -> None:
    found: set[str] = set()
    for path in DOCUMENTS:
        if "/lint/" in path and "/mended/" not in path and "latin" not in path:
            findings: list[Any] = []
            read_document(path, (ROOT / path).read_text(), findings)
            found |= {one.code for one in findings}
    assert set(EXPRESSIBLE) <= found


@settings(max_examples=150, deadline=None)
@given(definitions, st.booleans())
def test_whatever_can_be_said_is_accepted(definition: Definition, block: bool) -> None:
    held = instance(parse(document(definition, block=block), "a.yaml", []))
    for kind in (None, type(definition).__name__):
        assert [error.message for error in validator(kind).iter_errors(held)] == []


@settings(max_examples=150, deadline=None)
@given(definitions, st.randoms(use_true_random=False))
def test_lint_and_schema_agree_on_what_is_nearly_right(definition: Definition, chance: random.Random) -> None:
    text = mutated_once(chance, document(definition, block=True))
    assert disagreement(text) is None, text


@settings(max_examples=many(10, 1000), deadline=None, suppress_health_check=list(HealthCheck))
@given(projects(), st.randoms(use_true_random=False))
def test_lint_and_schema_agree_on_drawn_projects(project: DrawnProject, chance: random.Random) -> None:
    """On each document as it is, which neither refuses, and as it nearly is."""
    for path, text in project.files.items():
        if path.endswith((".yaml", ".yml")):
            assert disagreement(text) is None, text
            nearly = mutated_once(chance, text)
            assert disagreement(nearly) is None, nearly


STEP = "kind: Pipeline\nname: a\nversion: 1.0.0\nsteps: {{s: {{function: 'a:f', code: [{glob}]}}}}\n"


@pytest.mark.parametrize(
    "glob", ["'**'", "a/**/b", "'**/*.sql'", "a**", "'**b'", "a/b**/c", "'***'", "../a", "/a", "a/../b"]
)
def test_lint_and_schema_agree_on_globs(glob: str) -> None:
    assert disagreement(STEP.format(glob=glob)) is None


def mutated_once(chance: random.Random, text: str) -> str:
    from test_mutated_documents import TABLE

    return chance.choice(TABLE)(chance, text, sorted(corpus("everything").texts.values()))


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", CORPORA)
def test_lint_and_schema_agree_on_mutated_documents(name: str, seed: int) -> None:
    held, chance = corpus(name), random.Random(1000 + seed)
    for number in range(MUTATIONS):
        _, text = mutated(chance, held)
        told = disagreement(text)
        assert told is None, f"{name}, seed {seed}, mutation {number}: {told}\n{text[:3000]}"


ODD = """
features: {a: {dtype: int8, default: 1}}
features: {a: {dtype: int8, unique: true, pattern: x}}
features: {a: {dtype: bool, shape: [2], unique: true}}
features: {a: {dtype: bool, shape: [2], minimum: true}}
features: {a: {dtype: int8, shape: [2], minimum: 3, enum: [4]}}
features: {a: {struct: {b: {dtype: bool, unique: true}}}}
features: {a: {struct: {b: {dtype: bool}}, enum: [1]}}
features: {a: {struct: {b: {dtype: bool}}, examples: [1]}}
features: {a: {struct: {" ": {dtype: bool}}}}
features: {a: {struct: {}}}
features: {a: {list: {list: {struct: {b: {dtype: decimal, precision: 3, scale: 1, enum: [1.5, "2.5"]}}}}}}
features: {a: {list: {dtype: bool, shape: [3, -1]}, min_length: 1, max_length: 2}}
features: {a: {list: {dtype: bool}, shape: [1]}}
features: {a: {list: {dtype: bool}, pattern: x}}
features: {a: {dtype: timestamp, minimum: 2030-01-31T09:00}}
features: {a: {dtype: timestamp, minimum: 2030-01-31T09:00Z}}
features: {a: {dtype: timestamp, timezone: UTC, minimum: 2030-01-31T09:00}}
features: {a: {dtype: timestamp, timezone: UTC, minimum: "2030-01-31 09:00+01:00"}}
features: {a: {dtype: date, minimum: 2030-1-31}}
features: {a: {dtype: duration, minimum: P1D, maximum: PT1.5S}}
features: {a: {dtype: duration, minimum: P}}
features: {a: {dtype: bytes, enum: [00ff, 1234, "", 12e4]}}
features: {a: {dtype: bytes, enum: [0f0]}}
features: {a: {dtype: float16, minimum: 65505}}
features: {a: {dtype: float16, minimum: -.inf, maximum: .inf, examples: [.nan]}}
features: {a: {dtype: float32, maximum: 1e39}}
features: {a: {dtype: uint64, maximum: 18446744073709551615}}
features: {a: {dtype: uint64, maximum: 18446744073709551616}}
features: {a: {dtype: int8, timezone: UTC}}
features: {a: {dtype: decimal, precision: 3}}
features: {a: {dtype: decimal, precision: 77, scale: 1}}
features: {a: {dtype: string, enum: []}}
features: {a: {dtype: string, enum: [1]}}
features: {a: {dtype: string, tags: [1, true, x], description: 1.5, unit: false}}
features: {a: {dtype: string, tags: [null]}}
features: {"\\u2003": {dtype: bool}}
features: {"\\ufeff": {dtype: bool}}
features: {"\\x1c": {dtype: bool}}
features: {a: bool}
features: {a: }
features: []
""".strip().splitlines()


@pytest.mark.parametrize("odd", ODD)
def test_lint_and_schema_agree_on_odd_features(odd: str) -> None:
    assert disagreement(f"kind: DataCatalog\nname: a\nversion: 1.0.0\n{odd}\n") is None


ODD_STEPS = """
parameters: {p: {dtype: int8, default: null}}
parameters: {p: {dtype: int8, default: null, nullable: true}}
parameters: {p: {dtype: int8, default: 128}}
parameters: {p: {dtype: int8, shape: [1]}}
parameters: {p: {dtype: int8, unique: true}}
parameters: {p: {struct: {a: {dtype: int8}}}}
parameters: {of: {dtype: int8}}
parameters: {copy: {dtype: int8}}
parameters: {model_x: {dtype: int8}}
parameters: {class: {dtype: int8}}
parameters: {_x: {dtype: int8}}
schedule: {cron: "0 3 * * *", timezone: UTC}
schedule: {cron: "0 3 * *"}
schedule: {timezone: UTC}
schedule: {cron: "0 3 * * *", concurrency: replace, missed: 1h30m}
schedule: {cron: "0 3 * * *", concurrency: never}
schedule: {cron: "0 3 * * *", missed: 30m1h}
schedule: {cron: "0 3 * * *", missed: ""}
schedule: {cron: "0 3 L * *"}
on: merge
on: [merge, {new-batch: a@1}]
on: [merge, merge]
on: []
on: push
on: true
on: {new-batch: a}
on: {new-batch: a@1, merge: true}
concurrency: 0
concurrency: 1
""".strip().splitlines()


@pytest.mark.parametrize("odd", ODD_STEPS)
def test_lint_and_schema_agree_on_odd_pipelines(odd: str) -> None:
    steps = 'steps: {s: {function: "a:b"}}'
    assert disagreement(f"kind: Pipeline\nname: a\nversion: 1.0.0\n{steps}\n{odd}\n") is None


ODD_STEP = """
function: "a.b:c", parameters: [true, C], cache: false, retries: 0
function: "a.b:c", parameters: [1]
function: "a.b:c", parameters: [null]
function: "größe.b:c_1"
function: "a.class:c"
function: "a:b:c"
formula: a@1, outputs: {}
formula: a@1, function: "a:b"
formula: a@0, cache: true
formula: a@0.2, inputs: {x: y.z, b_: {from: a@1#latest, catalog: c@1}}
function: "a:b", inputs: {x: {catalog: c@1}}
function: "a:b", inputs: {x: [a]}
function: "a:b", inputs: {self_: a#0, names: a}
function: "a:b", outputs: {x: {report: a}, names: b@1}
function: "a:b", outputs: {x: {report: a, y: 1}}
function: "a:b", secrets: {k: "a b"}
function: "a:b", secrets: {k: a/b#c}
function: "a:b", code: [a/**, "..x", x..]
function: "a:b", code: [a/../b]
function: "a:b", code: [..]
function: "a:b", code: [""]
function: "a:b", resources: {cpu: 500m, memory: 2Gi, gpu: 1}
function: "a:b", resources: {cpu: -1}
function: "a:b", resources: {cpu: true}
function: "a:b", retries: {limit: 2, backoff: 30s, factor: 2, longest: 10m}
function: "a:b", retries: {limit: 2, factor: 2}
function: "a:b", retries: {backoff: 30s}
function: "a:b", retries: {limit: 2, backoff: 30}
function: "a:b", timeout: 2h
function: "a:b", timeout: 2h30
function: "a:b", timeout: 0s
function: "a:b", image: GPU
function: "a:b", node_selector: {disk: ssd, a.b/c_d: ""}
function: "a:b", node_selector: {gpu: 1}
function: "a:b", node_selector: {"a b": x}
function: "a:b", tolerations: [{key: a/b, operator: Exists, effect: NoSchedule}]
function: "a:b", tolerations: [{key: a, operator: exists}]
function: "a:b", tolerations: [{}]
function: "a:b", tolerations: [{key: a, effect: NoExecute, seconds: -1}]
function: "a:b", for_each: {}
function: "a:b", for_each: {p: []}
function: "a:b", for_each: {p: [1, [2]]}
function: "a:b", for_each: {p: 1}
function: "a:b", for_each: []
function: "a:b", for_each: [{}]
function: "a:b", for_each: [{p: 1}, {q: 2}]
function: "a:b", for_each: plan
function: "a:b", for_each: plan.settings
function: "a:b", for_each: plan@1#latest
function: "a:b", for_each: 1
function: "a:b", for_each: null
formula: a@1, for_each: plan
function: "a:b", when: {}
function: "a:b", when: {parameters.p: true}
function: "a:b", when: {parameters.p: {minimum: 1}}
function: "a:b", when: {parameters.p: {}}
function: "a:b", when: {parameters.p: null}
function: "a:b", when: {parameters: true}
function: "a:b", when: {a.b.c: {minimum: 1, maximum: 2}}
function: "a:b", when: {a.b.c d.e: {minimum: 1}}
function: "a:b", when: {a.b.c: {least: 1}}
function: "a:b", when: {a.b.c: 1}
function: "a:b", when: {a.b: {minimum: 1}}
formula: a@1, when: {parameters.p: true}
""".strip().splitlines()


@pytest.mark.parametrize("odd", ODD_STEP)
def test_lint_and_schema_agree_on_odd_steps(odd: str) -> None:
    assert disagreement(f"kind: Pipeline\nname: a\nversion: 1.0.0\nsteps: {{s: {{{odd}}}}}\n") is None


ODD_RECIPES = """
files: {url: a.csv}
files: {url: a.csv/}
files: {url: .csv}
files: {url: a.xlsx}
files: {url: a.xlsx, format: csv}
files: {format: csv}
composite: {inputs: {a: a@1}}
composite: {inputs: {a: a@1, b: b@1}, how: left}
composite: {inputs: {a: a@1, b: b@1}, how: left, on: [k]}
composite: {inputs: {a: a@1, b: b@1}, how: outer, on: [k]}
model: {batch: a@1, checkpoint: b@1, function: "a:b", rows: 0}
model: {batch: a@1, checkpoint: b@1}
python: {function: "a:b"}, files: {url: a.csv}
""".strip().splitlines()


@pytest.mark.parametrize("odd", ODD_RECIPES)
def test_lint_and_schema_agree_on_odd_recipes(odd: str) -> None:
    head = "kind: DatasetFormula\nname: a\nversion: 1.0.0\ncatalog: c@1\n"
    assert disagreement(f"{head}recipe: {{{odd}}}\n") is None
