"""Lineage: what an artefact was made from, and what was made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jeyn.ledger.index import ReadIndex
from jeyn.model.artefact import Entry, Placed, Relationship


@dataclass(frozen=True, slots=True)
class Node:
    """An artefact in a graph. One that this ledger does not hold has no commit, and a reference without a number."""

    ref: str
    kind: str
    digest: str
    commit: str
    dirty: bool = False
    definition: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """From what was made to what it was made from; `commit` is that of the maker."""

    source: str
    target: str
    type: str
    commit: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """A graph around one artefact: nodes in the order in which they were met, the root first."""

    root: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def to_json(self) -> dict[str, Any]:
        """The shape `jeyn.lineage/1`."""
        return {
            "schema": "jeyn.lineage/1",
            "root": self.root,
            "nodes": [{"ref": n.ref, "kind": n.kind, "digest": n.digest, "commit": n.commit} for n in self.nodes],
            "edges": [{"from": e.source, "to": e.target, "type": e.type, "commit": e.commit} for e in self.edges],
        }

    def _repr_html_(self) -> str:
        import html

        rows = "".join(
            f"<tr><td>{html.escape(e.source)}</td><td>{html.escape(e.type)}</td><td>{html.escape(e.target)}</td>"
            f"<td><code>{html.escape(e.commit[:12])}</code></td></tr>"
            for e in self.edges
        )
        head = "<tr><th>artefact</th><th></th><th>from</th><th>commit</th></tr>"
        return f"<table><caption><b>Lineage of {html.escape(self.root)}</b></caption>{head}{rows}</table>"


def trace(index: ReadIndex, root: Placed, *, up: bool = True, down: bool = False, depth: int | None = None) -> Lineage:
    """Walk the relationships, breadth first, at most `depth` edges from the root in each direction."""
    nodes = {root.entry.id: _node(root)}
    edges: dict[Edge, None] = {}
    if up:
        _walk(index, root, depth, nodes, edges, _upward)
    if down:
        _walk(index, root, depth, nodes, edges, _downward)
    return Lineage(str(root), tuple(nodes.values()), tuple(edges))


def _walk(
    index: ReadIndex,
    root: Placed,
    depth: int | None,
    nodes: dict[str, Node],
    edges: dict[Edge, None],
    neighbours: Any,
) -> None:
    reached = [root]
    seen = {root.entry.id}
    distance = 0
    while reached and (depth is None or distance < depth):
        following: list[Placed] = []
        for placed in reached:
            for edge, node, entry_id, other in neighbours(index, placed):
                edges.setdefault(edge)
                nodes.setdefault(entry_id, node)
                if other is not None and entry_id not in seen:
                    seen.add(entry_id)
                    following.append(other)
        reached, distance = following, distance + 1


def _upward(index: ReadIndex, placed: Placed) -> Iterator[tuple[Edge, Node, str, Placed | None]]:
    for edge in placed.entry.relationships:
        target = index.by_id(edge.entry)
        node = _node(target) if target else Node(f"{edge.stream}#?", "elsewhere", edge.digest, "")
        yield _edge(placed, edge, node), node, edge.entry, target


def _downward(index: ReadIndex, placed: Placed) -> Iterator[tuple[Edge, Node, str, Placed | None]]:
    for made in index.made_from(placed.entry.id):
        for edge in made.entry.relationships:
            if edge.entry == placed.entry.id:
                yield _edge(made, edge, _node(placed)), _node(made), made.entry.id, made


def _edge(source: Placed, edge: Relationship, target: Node) -> Edge:
    return Edge(str(source), target.ref, edge.type, source.entry.origin.commit)


def _node(placed: Placed) -> Node:
    entry: Entry = placed.entry
    artefact = entry.artefact
    return Node(
        ref=str(placed),
        kind=entry.kind,
        digest=artefact.digest if artefact else "",
        commit=entry.origin.commit,
        dirty=entry.origin.dirty,
        definition=artefact.definition if artefact else "",
        step=entry.origin.step,
    )
