"""Show what an artefact was made from (up), and what was made from it (down), with the commit of every edge."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator

from jeyn.cli.command import Context, print_json
from jeyn.ledger.lineage import Edge, Lineage, Node, trace

EXAMPLE = "jeyn lineage digit-recognition#latest --format mermaid"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("reference", metavar="REF", help="NAME#NUMBER, NAME@MAJOR#latest or sha256:PREFIX")
    parser.add_argument("--up", action="store_true", help="what it was made from (the default)")
    parser.add_argument("--down", action="store_true", help="what was made from it")
    parser.add_argument("--depth", type=int, metavar="N", help="at most N edges away")
    parser.add_argument("--format", choices=("text", "json", "dot", "mermaid"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    project = context.project
    root = project.resolve(options.reference)
    up = options.up or not options.down
    graph = trace(project.index, root, up=up, down=options.down, depth=options.depth)
    if options.format == "json":
        print_json(graph.to_json())
    else:
        render = {"text": tree, "dot": dot, "mermaid": mermaid}[options.format]
        print("\n".join(render(graph)))
    return 0


def tree(graph: Lineage) -> Iterator[str]:
    """A tree from the root; what was shown before is not unfolded again."""
    nodes = {node.ref: node for node in graph.nodes}
    upward: dict[str, list[tuple[Edge, str]]] = defaultdict(list)
    downward: dict[str, list[tuple[Edge, str]]] = defaultdict(list)
    for edge in graph.edges:
        upward[edge.source].append((edge, edge.target))
        downward[edge.target].append((edge, edge.source))
    yield _line(nodes[graph.root])
    if upward[graph.root]:
        yield from _branches(graph.root, upward, nodes, "", {graph.root}, "")
    if downward[graph.root]:
        yield from _branches(graph.root, downward, nodes, "", {graph.root}, "made ")


def _branches(
    ref: str,
    edges: dict[str, list[tuple[Edge, str]]],
    nodes: dict[str, Node],
    indent: str,
    shown: set[str],
    word: str,
) -> Iterator[str]:
    children = edges[ref]
    for number, (edge, other) in enumerate(children):
        last = number == len(children) - 1
        repeated = other in shown and bool(edges[other])
        commit = edge.commit[:12] + ("*" if nodes[edge.source].dirty else "")
        again = "  (see above)" if repeated else ""
        yield f"{indent}{'└─' if last else '├─'} {word}{edge.type} @ {commit} → {_line(nodes[other])}{again}"
        if other not in shown:
            shown.add(other)
            yield from _branches(other, edges, nodes, indent + ("   " if last else "│  "), shown, word)


def _line(node: Node) -> str:
    return f"{node.ref}  {node.kind}  {node.digest[:19]}"


def dot(graph: Lineage) -> Iterator[str]:
    """Graphviz (https://graphviz.org/doc/info/lang.html). References hold no character that needs escaping."""
    yield "digraph lineage {"
    yield "  rankdir=LR;"
    for node in graph.nodes:
        yield f'  "{node.ref}" [label="{node.ref}\\n{node.kind}\\n{node.digest[7:19]}"];'
    for edge in graph.edges:
        yield f'  "{edge.source}" -> "{edge.target}" [label="{edge.type}\\n{edge.commit[:12]}"];'
    yield "}"


def mermaid(graph: Lineage) -> Iterator[str]:
    """Mermaid (https://mermaid.js.org/syntax/flowchart.html)."""
    names = {node.ref: f"n{number}" for number, node in enumerate(graph.nodes)}
    yield "flowchart LR"
    for node in graph.nodes:
        yield f'  {names[node.ref]}["{node.ref.replace("#", "#35;")}<br/>{node.kind}<br/>{node.digest[7:19]}"]'
    for edge in graph.edges:
        yield f'  {names[edge.source]} -- "{edge.type}<br/>{edge.commit[:12]}" --> {names[edge.target]}'
