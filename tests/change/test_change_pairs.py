"""Which document is a version of which, and who reads what differs."""

from __future__ import annotations

import pytest
from change_projects import BASE, project_of

from jeyn.model.names import Version
from jeyn_gen.change.consumers import listed
from jeyn_gen.change.judge import judge
from jeyn_gen.change.levels import Level, asked_of, declared, raised
from jeyn_gen.change.trees import Tree, compare
from jeyn_gen.load.documents import Document, read_document
from jeyn_gen.load.project import resolve


def halls(version: str) -> Document:
    text = f"kind: DataCatalog\nname: halls\nversion: {version}\nfeatures: {{a: {{dtype: int8}}}}\n"
    return read_document(f"catalogs/halls-{version}.yaml", text, [])


def version(document: Document) -> str:
    assert document.definition is not None
    return str(document.definition.version)


@pytest.mark.parametrize(
    ("old", "new", "pairs", "first", "gone"),
    [
        ("1.0.0", "1.2.0", "1.0.0>1.2.0", "", ""),
        ("1.0.0", "2.0.0", "1.0.0>2.0.0", "", ""),
        ("1.0.0", "1.1.0 2.0.0", "1.0.0>1.1.0 1.1.0>2.0.0", "", ""),
        ("1.0.0 2.0.0", "1.0.0 3.0.0", "1.0.0>1.0.0 2.0.0>3.0.0", "", ""),
        ("1.0.0 2.0.0", "2.1.0", "2.0.0>2.1.0", "", "1.0.0"),
        ("1.0.0", "2.0.0 3.0.0", "1.0.0>2.0.0 2.0.0>3.0.0", "", ""),
        ("2.0.0", "1.0.0", "2.0.0>1.0.0", "", ""),
        ("1.0.0 3.0.0", "1.0.0 2.0.0", "1.0.0>1.0.0 1.0.0>2.0.0", "", "3.0.0"),
        ("0.2.0", "0.2.1 0.10.0", "0.2.0>0.2.1 0.2.1>0.10.0", "", ""),
        ("0.10.0 0.9.0", "0.10.0 0.9.0 1.0.0", "0.10.0>0.10.0 0.9.0>0.9.0 0.10.0>1.0.0", "", ""),
        ("", "1.0.0", "", "1.0.0", ""),
        ("1.0.0", "", "", "", "1.0.0"),
        ("2.0.0", "1.0.0 2.0.0", "2.0.0>2.0.0", "1.0.0", ""),
    ],
)
def test_versions_are_paired(old: str, new: str, pairs: str, first: str, gone: str) -> None:
    found = compare(Tree(map(halls, old.split())), Tree(map(halls, new.split())))
    assert {f"{version(pair.old)}>{version(pair.new)}" for pair in found.pairs} == set(pairs.split())
    assert [version(one) for one in found.first] == first.split()
    assert [version(one) for one in found.gone] == gone.split()


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ("1.0.0", "1.0.0", Level.NONE),
        ("1.2.3", "1.2.0", Level.NONE),
        ("1.2.3", "1.2.4", Level.PATCH),
        ("1.2.3", "1.3.0", Level.MINOR),
        ("1.2.3", "2.0.0", Level.MAJOR),
        ("0.2.3", "0.3.0", Level.MINOR),
        ("0.2.3", "1.0.0", Level.MAJOR),
    ],
)
def test_what_a_version_declares(old: str, new: str, level: Level) -> None:
    assert declared(Version.parse(old), Version.parse(new)) is level


def test_before_1_each_number_takes_the_place_of_the_one_before() -> None:
    early, stable = Version(0, 2, 3), Version(1, 2, 3)
    assert [str(raised(stable, asked_of(stable, level))) for level in Level] == ["1.2.3", "1.2.4", "1.3.0", "2.0.0"]
    assert [str(raised(early, asked_of(early, level))) for level in Level] == ["0.2.3", "0.2.4", "0.2.4", "0.3.0"]


def test_a_step_is_named_for_the_features_that_it_reads() -> None:
    names = read_document(
        "catalogs/names.yaml",
        "kind: DataCatalog\nname: names\nversion: 1.0.0\nfeatures: {hall: {dtype: string}}\n",
        [],
    )
    before = project_of(BASE)
    pipeline = next(one for one in before.documents if one.path == "pipelines/weekly.yaml")
    reads = "{name: {from: ingest, catalog: names@1}, notes: "
    narrow = pipeline.text.replace("{readings: ingest, notes: ", reads).replace(
        "    outputs: {checkpoint: guesser@1}\n", ""
    )
    rest = [one for one in before.documents if one.path not in (pipeline.path, "catalogs/readings.yaml")]
    documents = [*rest, names, read_document(pipeline.path, narrow, [])]
    readings = next(one for one in before.documents if one.path == "catalogs/readings.yaml")
    said = {}
    for feature in ("hall: {dtype: string}", "at: {dtype: timestamp}"):
        retyped = readings.text.replace(feature, feature.replace("string", "bytes").replace("timestamp", "date"))
        project = resolve(BASE, [*documents, read_document(readings.path, retyped, [])], [])
        (one,) = judge([*documents, readings], project).found
        said[feature.partition(":")[0]] = one.finding.message
    assert "step `train` of weekly@1" in said["hall"]
    assert "step `train` of weekly@1" not in said["at"]
    assert "use case guesser@1" in said["at"]


def test_a_step_is_named_whose_own_function_writes_the_catalog() -> None:
    before = {document.path: document for document in project_of(BASE).documents}
    pipeline, readings = before["pipelines/weekly.yaml"], before["catalogs/readings.yaml"]
    step = "  remake:\n    function: pipelines.work:make\n    outputs: {readings: source@1}\n"
    documents = {
        **before,
        pipeline.path: read_document(pipeline.path, pipeline.text + step, []),
        readings.path: read_document(readings.path, readings.text + "  humidity: {dtype: int8, nullable: true}\n", []),
    }
    found = judge(before.values(), resolve(BASE, documents.values(), [])).found
    (message,) = [one.finding.message for one in found if one.finding.code == "JYN613"]
    assert message.endswith("; to be given by step `remake` of weekly@1 (pipelines.work:make)")


def test_names_in_a_sentence() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefg")) == "a, b, c, d, e and 2 more"
