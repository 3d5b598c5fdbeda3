"""Lineage: up, down, around a diamond, to what this ledger does not hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from at_hand import COMMIT, artefact, digest_of, entry

from jeyn.ledger.index import ReadIndex
from jeyn.ledger.ledger import Ledger
from jeyn.ledger.lineage import Edge, Lineage, trace
from jeyn.model.artefact import DERIVED_FROM, TRAINED_ON, Placed, Relationship


@pytest.fixture
def diamond(fresh_ledger: Ledger) -> dict[str, Placed]:
    """raw <- left, right <- top <- model; other stands alone."""
    made: dict[str, Placed] = {}
    for name, sources in {
        "raw": [],
        "left": ["raw"],
        "right": ["raw"],
        "top": ["left", "right"],
        "model": ["top"],
        "other": [],
    }.items():
        made_from = [made[source] for source in sources]
        made[name] = fresh_ledger.append(entry(f"id-{name}", name, artefact=artefact(name), made_from=made_from))
    return made


@pytest.fixture
def index(fresh_ledger: Ledger, diamond: dict[str, Placed], open_index: Callable[..., ReadIndex]) -> ReadIndex:
    index = open_index(fresh_ledger)
    index.sync()
    return index


def nodes(lineage: Lineage) -> list[str]:
    return [node.ref.partition("#")[0] for node in lineage.nodes]


def edges(lineage: Lineage) -> list[tuple[str, str]]:
    return [(edge.source.partition("#")[0], edge.target.partition("#")[0]) for edge in lineage.edges]


def test_upward_is_all_that_it_was_made_from(index: ReadIndex, diamond: dict[str, Placed]) -> None:
    found = trace(index, diamond["model"])
    assert found.root == "model#1"
    assert nodes(found) == ["model", "top", "left", "right", "raw"]
    assert edges(found) == [("model", "top"), ("top", "left"), ("top", "right"), ("left", "raw"), ("right", "raw")]


def test_downward_is_all_that_was_made_from_it(index: ReadIndex, diamond: dict[str, Placed]) -> None:
    found = trace(index, diamond["raw"], up=False, down=True)
    assert nodes(found) == ["raw", "left", "right", "top", "model"]
    assert edges(found) == [("left", "raw"), ("right", "raw"), ("top", "left"), ("top", "right"), ("model", "top")]


def test_both_ways(index: ReadIndex, diamond: dict[str, Placed]) -> None:
    found = trace(index, diamond["left"], up=True, down=True)
    assert nodes(found) == ["left", "raw", "top", "model"]
    assert edges(found) == [("left", "raw"), ("top", "left"), ("model", "top")]
    assert nodes(trace(index, diamond["left"], up=False)) == ["left"]


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (0, ["top"]),
        (1, ["top", "left", "right", "model"]),
        (2, ["top", "left", "right", "raw", "model"]),
        (9, ["top", "left", "right", "raw", "model"]),
    ],
)
def test_depth_counts_edges_from_the_root(
    index: ReadIndex, diamond: dict[str, Placed], depth: int, expected: list[str]
) -> None:
    assert nodes(trace(index, diamond["top"], down=True, depth=depth)) == expected


def test_what_stands_alone_has_no_edges(index: ReadIndex, diamond: dict[str, Placed]) -> None:
    found = trace(index, diamond["other"], down=True)
    assert (nodes(found), found.edges) == (["other"], ())


def test_what_another_ledger_holds_is_told_as_such(
    fresh_ledger: Ledger, diamond: dict[str, Placed], index: ReadIndex
) -> None:
    elsewhere = Relationship(DERIVED_FROM, "far-away", "id-unknown", digest_of(b"unknown"))
    new = entry("id-new", "new", artefact=artefact("new"), made_from=[diamond["raw"]])
    placed = fresh_ledger.append(replace(new, relationships=(elsewhere, *new.relationships)))
    index.sync()
    found = trace(index, placed)
    assert [node.ref for node in found.nodes] == ["new#1", "far-away#?", "raw#1"]
    assert (found.nodes[1].kind, found.nodes[1].digest, found.nodes[1].commit) == (
        "elsewhere",
        digest_of(b"unknown"),
        "",
    )
    assert found.edges[0] == Edge("new#1", "far-away#?", DERIVED_FROM, COMMIT)


def test_two_relationships_to_one_artefact_are_two_edges(
    fresh_ledger: Ledger, diamond: dict[str, Placed], index: ReadIndex
) -> None:
    new = entry("id-new", "new", artefact=artefact("new"), made_from=[diamond["raw"]])
    placed = fresh_ledger.append(
        replace(new, relationships=(*new.relationships, replace(new.relationships[0], type=TRAINED_ON)))
    )
    index.sync()
    for found in (trace(index, placed), trace(index, diamond["raw"], up=False, down=True, depth=1)):
        types = [edge.type for edge in found.edges if edge.source == "new#1"]
        assert types == [DERIVED_FROM, TRAINED_ON]


def test_a_node_tells_what_it_is(index: ReadIndex, diamond: dict[str, Placed]) -> None:
    node = trace(index, diamond["raw"]).nodes[0]
    assert (node.ref, node.kind, node.digest, node.commit) == ("raw#1", "batch", digest_of(b"raw"), COMMIT)
    assert (node.dirty, node.definition, node.step) == (False, "images@1.0.0", "")


def test_as_json(index: ReadIndex, diamond: dict[str, Placed]) -> None:
    assert trace(index, diamond["left"]).to_json() == {
        "schema": "jeyn.lineage/1",
        "root": "left#1",
        "nodes": [
            {"ref": "left#1", "kind": "batch", "digest": digest_of(b"left"), "commit": COMMIT},
            {"ref": "raw#1", "kind": "batch", "digest": digest_of(b"raw"), "commit": COMMIT},
        ],
        "edges": [{"from": "left#1", "to": "raw#1", "type": "derived_from", "commit": COMMIT}],
    }


def test_as_html_text_is_never_markup() -> None:
    hostile = "<script>alert('x')</script>"
    shown = Lineage(hostile, (), (Edge(hostile, hostile, hostile, hostile),))._repr_html_()
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 5  # root, source, type, target, commit
    assert "<table>" in shown
