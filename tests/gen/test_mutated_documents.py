"""Documents as they never should be: every mutation gives findings with places, or a document, and never an exception."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from thorough import many

from jeyn.model.definitions import DataCatalog, DatasetFormula, Definition, MLUseCase, Pipeline
from jeyn.model.references import Recorded
from jeyn_gen.diagnostics.codes import CODES
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.documents import Document, document_paths, read_document
from jeyn_gen.load.nodes import BadDocument
from jeyn_gen.load.project import resolve
from jeyn_gen.load.text import read_text

ROOT = Path(__file__).parents[2]
CORPORA = {"example": ROOT, "everything": Path(__file__).parent / "everything"}
SEEDS = many(20, 100)  # of so many mutations each, for each corpus
MUTATIONS = 55
LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what libyaml counts as one

SCALARS = """
    ~ null true no on yes 0 -1 1e3 1e999 .nan -.inf 0o7 0x1F 1_000 1.0 1.0.0 '' "" [] {} [[]] {a} - -- --- ... ? : , | >
    *a &a !a !!int %a @a `a` # "\\0" "\\uD800" "\\u202e" '"' a:b a.b:c a@1 a@0.2 a#1 a@1#latest a#b sha256:aa __proto__
    class None self of names parameters model_config int copy 9223372036854775808 -9223372036854775809
    340282366920938463463374607431768211456 2147483648 -1e-400 (?<=a) a++ [a (((( [z-a] {,3} \\1 2030-01-31
    9999-12-31T23:59:59-23:59 0001-01-01T00:00:00+14:00 P999999999D P1DT 1e-999999 Infinity zip code files python struct
    list bool int8 uint64 float16 bytes date timestamp duration decimal string 76 77 -2147483648 ../.. /etc/passwd * **
    DataCatalog DatasetFormula MLUseCase Pipeline Step Row jeyn generated os.system:run builtins:eval lambda:x import:if
""".split()
KEYS = """
    kind name version description features dtype shape timezone precision scale struct list nullable enum unique pattern
    minimum maximum exclusive_minimum exclusive_maximum min_length max_length unit tags deprecated examples default
    catalog recipe files python composite model url format function inputs on how batch checkpoint rows outputs metrics
    promoted serializer trusted parameters steps schedule formula code cache retries resources secrets cpu memory gpu cron
    from report digest <<
    for_each when timeout image node_selector tolerations on new-batch merge concurrency missed limit backoff factor longest
    key operator value effect seconds parameters.rate a.b.c
""".split()
CHARACTERS = "\0\x07\t\n\r\x0b\x0c\x1b\x7f\x85\xa0\xad\u200b\u200f\u2028\u2029\u202e\ufeff\ufffd\uffff\U0001f600é\u0661\uff11{}[]:,#&*!|>'\"%@`\\ "

_WORD = r"[\w@.#:-]*\w"

Mutate = Callable[[random.Random, str, list[str]], str]


def flipped(chance: random.Random, text: str, _: list[str]) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chr(ord(text[at]) ^ (1 << chance.randrange(7))) + text[at + 1 :]


def deleted(chance: random.Random, text: str, _: list[str]) -> str:
    lines = text.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return "".join(lines)


def doubled(chance: random.Random, text: str, _: list[str]) -> str:
    lines = text.splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))
    return "".join(lines)


def swapped(chance: random.Random, text: str, _: list[str]) -> str:
    lines = text.splitlines(keepends=True)
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return "".join(lines)


def word_replaced(pattern: str, words: list[str]) -> Mutate:
    def mutate(chance: random.Random, text: str, _: list[str]) -> str:
        found = list(re.finditer(pattern, text))
        if not found:
            return text
        word = chance.choice(found)
        return text[: word.start(1)] + chance.choice(words) + text[word.end(1) :]

    return mutate


def word_of_another(chance: random.Random, text: str, others: list[str]) -> str:
    """A value, a name or a reference becomes another one that stands somewhere: still YAML, and nearly sense."""
    found, words = list(re.finditer(_WORD, text)), re.findall(_WORD, chance.choice(others))
    if not found:
        return text
    word = chance.choice(found)
    return text[: word.start()] + chance.choice(words) + text[word.end() :]


def stated(chance: random.Random, text: str, _: list[str]) -> str:
    """One more key in one of the mappings in braces."""
    braces = [found.end() for found in re.finditer(r"\{(?=\w)", text)]
    if not braces:
        return text
    at = chance.choice(braces)
    return f"{text[:at]}{chance.choice(KEYS)}: {chance.choice(SCALARS)}, {text[at:]}"


def nested(chance: random.Random, text: str, _: list[str]) -> str:
    """What stands in braces within a list or a struct, once or often."""
    found = list(re.finditer(r"\{[^{}]*\}", text))
    if not found:
        return text
    braces = chance.choice(found)
    held = braces[0]
    for _ in range(chance.choice((1, 1, 2, 60))):
        held = chance.choice(
            ("{{list: {}}}", "{{struct: {{x: {}}}}}", "{{list: {}, min_length: 2}}", "{{struct: {}}}")
        ).format(held)
    return text[: braces.start()] + held + text[braces.end() :]


def truncated(chance: random.Random, text: str, _: list[str]) -> str:
    return text[: chance.randrange(len(text))]


def inserted(chance: random.Random, text: str, _: list[str]) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(CHARACTERS) * chance.choice((1, 1, 1, 2, 300)) + text[at:]


def indented(chance: random.Random, text: str, _: list[str]) -> str:
    lines = text.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    lines[at] = chance.choice(("  ", " ", "\t", "- ")) + lines[at] if chance.random() < 0.5 else lines[at].lstrip()
    return "".join(lines)


def spliced(chance: random.Random, text: str, others: list[str]) -> str:
    lines, more = text.splitlines(keepends=True), chance.choice(others).splitlines(keepends=True)
    start = chance.randrange(len(more))
    at = chance.randrange(len(lines))
    return "".join([*lines[:at], *more[start : start + 4], *lines[at:]])


def other_document(chance: random.Random, _: str, others: list[str]) -> str:
    return chance.choice(others)


TABLE: tuple[Mutate, ...] = (
    word_of_another,
    word_of_another,
    word_of_another,
    word_of_another,
    stated,
    stated,
    flipped,
    deleted,
    doubled,
    swapped,
    word_replaced(r"(?<=: )([^\n{\[]+?)(?=[,}\n\]])", SCALARS),
    word_replaced(r"(?<=[ {\[])([^\s{}\[\],:]+)", SCALARS),
    word_replaced(r"(?:^|[ {,])([\w-]+)(?=:)", KEYS),
    word_replaced(r"(?<=: )(\{[^{}]*\}|\[[^\[\]]*\])", SCALARS),
    word_replaced(r"(?<=: )([^\n{\[]+?)(?=[,}\n\]])", ["[1, a]", "{a: 1}", "{dtype: int8}", "[[]]", "{from: a}"]),
    word_replaced(
        r"([0-9.]+)", ["9" * 99, "9" * 5_000, "1e308", "1e309", "-" + "9" * 100, "0x" + "f" * 300, "1" + "0" * 80]
    ),
    nested,
    truncated,
    inserted,
    indented,
    spliced,
    other_document,
)


@dataclass(frozen=True)
class Corpus:
    """A project that has no findings; `reads` is which documents each one refers to, directly or not."""

    root: Path
    texts: dict[str, str]
    documents: dict[str, Document]
    reads: dict[str, set[str]]


@cache
def corpus(name: str) -> Corpus:
    root, findings = CORPORA[name], list[Finding]()
    texts = {path: read_text(root, path) for path in document_paths(root, findings)}
    documents = {path: read_document(path, text, findings) for path, text in texts.items()}
    assert not resolve(root, documents.values(), findings).findings
    direct = {path: set(_read_by(document.definition, documents)) for path, document in documents.items()}
    for _ in direct:
        direct = {path: reads.union(*(direct[read] for read in reads)) for path, reads in direct.items()}
    return Corpus(root, texts, documents, direct)


def _read_by(definition: Definition | None, documents: dict[str, Document]) -> Iterator[str]:
    """The documents that one names; by name alone, whatever their kind and version."""
    names: set[str] = set()
    match definition:
        case DatasetFormula():
            names = {definition.catalog.name, *(pin.name for _, pin in definition.inputs)}
        case MLUseCase():
            names = {definition.inputs.name, definition.outputs.name}
        case Pipeline():
            names = {pin.name for pin in definition.on_new_batch}
            for step in definition.steps:
                names |= {step.formula.name} if step.formula else set()
                names |= {one.source.name for one in step.inputs if isinstance(one.source, Recorded)}
                names |= {one.catalog.name for one in step.inputs if one.catalog}
                names |= {one.definition.name for one in step.outputs if one.definition}
        case _:
            assert isinstance(definition, DataCatalog)
    for path, document in documents.items():
        if document.definition is not None and document.definition.name in names:
            yield path


def mutated(chance: random.Random, held: Corpus) -> tuple[str, str]:
    path = chance.choice(sorted(held.texts))
    text = held.texts[path]
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        text = chance.choice(TABLE)(chance, text or "\n", sorted(held.texts.values()))
    return path, text


def read_again(held: Corpus, path: str, data: bytes, folder: Path) -> tuple[Document, list[Finding]]:
    findings: list[Finding] = []
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data)
    try:
        return read_document(path, read_text(folder, path), findings), findings
    except BadDocument as bad:
        return Document(path, "", None, None), [bad.finding]


def check(held: Corpus, path: str, text: str, data: bytes, folder: Path) -> None:
    document, findings = read_again(held, path, data, folder)
    assert (document.definition is None) == bool(findings)
    known = {**held.documents, path: document}
    for finding in resolve(held.root, known.values(), findings).findings:
        place = finding.location
        is_module = place.path.endswith(".py")
        others = read_text(held.root, place.path) if is_module else held.texts[place.path]
        there = text if place.path == path else others
        assert 1 <= place.line <= len(LINE_END.findall(there)) + 2
        assert place.column >= 1
        assert finding.code in CODES
        assert finding.message.strip()
        assert finding.fix.strip()
        if is_module:  # it imports what was generated of the document
            was = held.documents[path].definition
            assert was is not None
            assert was.pin.module in finding.message, finding
        elif place.path != path and path not in held.reads[place.path]:
            name = document.definition.name if document.definition else "\0"
            assert path in finding.message or f"{name}" in finding.message, finding


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", CORPORA)
def test_mutated_documents_give_findings(name: str, seed: int, tmp_path: Path) -> None:
    held, chance = corpus(name), random.Random(seed)
    for number in range(MUTATIONS):
        path, text = mutated(chance, held)
        data = text.encode("utf-8", "surrogatepass")
        if chance.random() < 0.05:
            at = chance.randrange(len(data) + 1)
            data = data[:at] + bytes([chance.randrange(128, 256)]) + data[at:]
        try:
            check(held, path, text, data, tmp_path)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}, mutation {number}, {path}:\n{text[:3000]}") from error


def test_the_mutations_are_of_all_kinds() -> None:
    """Most give findings, some none; together they reach most codes."""
    codes: set[str] = set()
    for name in CORPORA:
        held = corpus(name)
        chance = random.Random(0)
        for _ in range(300):
            path, text = mutated(chance, held)
            findings: list[Finding] = []
            document = read_document(path, text, findings)
            codes |= {
                one.code for one in resolve(held.root, {**held.documents, path: document}.values(), findings).findings
            }
    assert len(codes) > 20
