"""Projects that have a text in every place where one may stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from drawn_definitions import is_url
from hostile_corpus import as_pattern, flow

_SECRET_KEY = re.compile(r"[!-~]+")
_MOST_OF_A_PATTERN = 300
MOST_OF_A_NAME = 10_000
FUNCTIONS = "def f(inputs): ...\n\n\ndef g(inputs): ...\n"

Document = dict[str, Any]


def feature(text: str, number: int) -> Document:
    """A feature whose one value is the text, by an enumeration or a pattern."""
    words = {"description": text, "unit": text, "tags": [text], "examples": [text]}
    by_pattern = number % 2 and len(text) <= _MOST_OF_A_PATTERN
    return {"dtype": "string", **words, **({"pattern": as_pattern(text)} if by_pattern else {"enum": [text]})}


def name_of(text: str, number: int) -> str:
    """The text as the name of a feature, for which an empty one will not do, and a very long one is not tried."""
    text = text.replace("\0", "\N{SYMBOL FOR NULL}")
    return f"t{number}" if len(text) > MOST_OF_A_NAME else text if text.strip() else f"n{text}"


def catalog(name: str, texts: list[str]) -> Document:
    """Features by the names of the texts, and once more within a struct in a list."""
    features = {name_of(text, number): feature(text, number) for number, text in enumerate(texts)}
    fields = {key: {**held, "nullable": True} for key, held in features.items()}
    struct = {"description": texts[-1], "list": {"struct": fields, "description": texts[0], "nullable": True}}
    held = {**features, f"within {name}": struct}
    return {"kind": "DataCatalog", "name": name, "version": "1.0.0", "description": texts[0], "features": held}


def keys(name: str, texts: list[str]) -> Document:
    features = {name_of(text, number): {"dtype": "int8"} for number, text in enumerate(texts)}
    return {"kind": "DataCatalog", "name": name, "version": "1.0.0", "features": features}


PROMOTED: Document = {"digest": f"sha256:{'0' * 64}"}


def use_case(name: str, read: str, texts: list[str]) -> Document:
    return {
        "kind": "MLUseCase",
        "name": name,
        "version": "1.0.0",
        "inputs": f"{read}@1",
        "outputs": f"{read}@1",
        "description": texts[0],
        "metrics": {text[:MOST_OF_A_NAME]: {"minimum": 0} for text in texts},
        "trusted": texts,
        "promoted": {f"s{number}": dict(PROMOTED, checkpoint=f"{name}#1") for number in range(len(texts))},
    }


def formula(name: str, made: str, recipe: Document, text: str) -> Document:
    head = {"kind": "DatasetFormula", "name": name, "version": "1.0.0", "catalog": f"{made}@1"}
    return {**head, "description": text, "recipe": recipe}


def pipeline(name: str, texts: list[str]) -> Document:
    parameters = {
        f"p{number}": {
            "dtype": "string",
            "default": text,
            "description": text,
            **({"enum": [text]} if number % 3 else {}),
        }
        for number, text in enumerate(texts)
    }
    secrets = {f"k{number}": text for number, text in enumerate(texts) if _SECRET_KEY.fullmatch(text)}
    globs = [text for text in texts if is_glob(text)]
    step = {
        "function": "functions:f",
        "outputs": {"r": {"report": "r"}},
        "description": texts[0],
        "secrets": secrets,
        "code": globs,
    }
    head = {"kind": "Pipeline", "name": name, "version": "1.0.0", "description": texts[-1]}
    return {**head, "parameters": parameters, "steps": {"s": step}}


def started(name: str, use_case: str, texts: list[str]) -> Document:
    """A pipeline that has the texts wherever what runs it on a cluster could hold them, and starts by itself."""
    held = pipeline(name, texts)
    numbers = range(len(texts))
    again = {
        "function": "functions:f",
        "for_each": [{f"p{number}": text} for number, text in enumerate(texts)],
        "when": {f"parameters.p{number}": text for number, text in enumerate(texts)},
        "inputs": {f"i{number}": f"{use_case}#s{number}" for number in numbers},
        "parameters": [f"p{number}" for number in numbers],
    }
    return {**held, "on": ["merge"], "steps": {**held["steps"], "again": again}}


def is_glob(text: str) -> bool:
    """Whether a text can be a glob of files below the project."""
    parts = PurePosixPath(text).parts
    is_below = bool(parts) and not text.startswith("/") and ".." not in parts
    return is_below and all(part == "**" or ("**" not in part and len(part.encode()) < 256) for part in parts)


def documents(texts: list[str], at_once: int) -> Iterator[Document]:
    """Documents of every kind with the texts, so many in each."""
    for number, start in enumerate(range(0, len(texts), at_once)):
        part = texts[start : start + at_once]
        yield catalog(f"c{number}", part)
        yield keys(f"k{number}", part)
        yield pipeline(f"p{number}", part)
        yield use_case(f"u{number}", f"c{number}", part)
        for at, text in enumerate(part):
            if is_url(text):
                yield formula(f"r{number}-{at}", f"k{number}", {"files": {"url": text, "format": "parquet"}}, text)
        for side in "ab":
            yield formula(f"f{number}{side}", f"k{number}", {"files": {"url": f"{side}.csv"}}, part[0])
        sides = {"a": f"f{number}a@1", "b": f"f{number}b@1"}
        joined = {"composite": {"inputs": sides, "on": [name_of(text, at) for at, text in enumerate(part)]}}
        yield formula(f"j{number}", f"k{number}", joined, part[-1])
        python = {"python": {"function": "functions:g", "inputs": sides}}
        yield formula(f"g{number}", f"k{number}", python, part[-1])


def project(texts: list[str], at_once: int) -> dict[str, str]:
    """The files of such a project, by path."""
    return _files(documents(texts, at_once))


def deployed_project(texts: list[str], at_once: int) -> dict[str, str]:
    """Those of one that has what environments are told of, and no more."""
    found = [keys("k", ["a"])]
    for number, start in enumerate(range(0, len(texts), at_once)):
        part = texts[start : start + at_once]
        found += [use_case(f"u{number}", "k", part), started(f"p{number}", f"u{number}", part)]
    return _files(found)


def _files(documents: Iterable[Document]) -> dict[str, str]:
    held = {f"catalogs/{one['name']}.yaml": flow(one) for one in documents}
    return {**held, "functions.py": FUNCTIONS}
