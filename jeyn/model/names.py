"""Names, versions and pins: how documents are called, and what they are called in Python."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from jeyn.model.values import dataclass

#: A DNS label (RFC 1123): it becomes a Kubernetes name. As the patterns below, compiled when it is first used.
NAME = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
#: Semantic Versioning 2.0.0 without pre-release and build: a definition in git has no need of them.
VERSION = r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})"
PIN = rf"({NAME})@([1-9][0-9]{{0,8}}|0\.(?:0|[1-9][0-9]{{0,8}}))"

# What a generated row or column class already has, and what its annotations are written with; a feature of that name
# gets a trailing underscore.
_TAKEN = frozenset(
    "construct copy dict from_orm json parse_file parse_obj parse_raw schema schema_json update_forward_refs validate"
    " catalog_ get items keys values bool bytes float int list str tuple np"
    " Annotated AwareDatetime ConfigDict Field Literal NaiveDatetime NDArray".split()
)
# What generated modules import, and words of Python; a class of that name gets a trailing underscore.
_TAKEN_CLASSES = frozenset(
    "Annotated Any AwareDatetime Batch Columns ConfigDict Constraints DataCatalog Decimal False Feature Field Literal"
    " List NaiveDatetime NDArray None Row Scalar Step Struct StructRow Tensor True Version".split()
)
#: What the classes of a step's inputs and outputs have themselves.
TAKEN_INPUTS = frozenset("build cls names of parameters secrets".split())
TAKEN_OUTPUTS = frozenset(["names"])


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A semantic version. `str(Version(1, 2, 3)) == "1.2.3"`."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read `1.2.3`; ValueError otherwise."""
        match = re.fullmatch(VERSION, text)
        if match is None:
            raise ValueError(f"not a version: {text!r}")
        return cls(*map(int, match.groups()))

    @property
    def line(self) -> str:
        """What a pin names: the major, or `0.minor` before 1.0, where a minor may break."""
        return str(self.major) if self.major else f"0.{self.minor}"

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """A reference to one major version of a definition: `digit-images@1`, or `digit-images@0.2`."""

    name: str
    line: str

    @classmethod
    def parse(cls, text: str) -> Pin:
        """Read `NAME@MAJOR`; ValueError otherwise."""
        match = re.fullmatch(PIN, text)
        if match is None:
            raise ValueError(f"not of the form NAME@MAJOR: {text!r}")
        return cls(*match.groups())

    @property
    def module(self) -> str:
        """The name of the generated module: `digit_images_v1`."""
        return f"{module_part(self.name)}_v{self.line.replace('.', '_')}"

    def __str__(self) -> str:
        return f"{self.name}@{self.line}"


def definition_line(definition: str) -> str:
    """The major line: `NAME@1.2.3` is of `1`, `NAME@0.2.0` of `0.2`, a report without a version of none."""
    _, _, version = definition.partition("@")
    major, _, rest = version.partition(".")
    return f"0.{rest.partition('.')[0]}" if major == "0" else major


def is_name(text: str) -> bool:
    """Whether `text` may name a document or a step: a DNS label of at most 63 characters."""
    return re.fullmatch(NAME, text) is not None


def is_identifier(text: str) -> bool:
    """Whether `text` may name a parameter, an input or an output: it becomes a Python attribute."""
    return text.isascii() and text.isidentifier() and not keyword.iskeyword(text) and not text.startswith("_")


def module_part(name: str) -> str:
    """A document's name inside a module's name. Distinct names stay distinct."""
    part = name.replace("-", "_")
    return f"_{part}" if part[0].isdigit() else part


def class_part(name: str) -> str:
    """A document's or step's name inside a class name: `digit-images` is `DigitImages`."""
    part = "".join(word[:1].upper() + word[1:] for word in re.split(r"[-_]", name))
    part = f"N{part}" if part[:1].isdigit() else part
    return f"{part}_" if part in _TAKEN_CLASSES else part


def attribute_names(features: Iterable[str]) -> dict[str, str]:
    """Give each feature, whose name may be any text, a Python attribute of its own.

    Letters, digits and underscores are kept (normalised as Python does, NFKC), anything else becomes an
    underscore. Keywords and names that a row class needs get a trailing underscore; a name that an earlier
    feature took gets a number.
    """
    names: dict[str, str] = {}
    used: set[str] = set()
    ordered = list(features)
    # A feature whose name is an identifier already keeps it, whatever stands before it.
    for feature in sorted(ordered, key=lambda name: attribute(name) != name):
        wanted = candidate = attribute(feature)
        number = 2
        while candidate in used:
            candidate, number = f"{wanted}_{number}", number + 1
        used.add(candidate)
        names[feature] = candidate
    return {feature: names[feature] for feature in ordered}


def attribute(feature: str) -> str:
    """The Python attribute that one feature alone would get."""
    import unicodedata

    text = unicodedata.normalize("NFKC", feature)
    text = "".join(char if char == "_" or f"a{char}".isidentifier() else "_" for char in text)
    text = text.strip("_") if text.startswith("_") else text
    if not text or not text[0].isidentifier():
        text = unicodedata.normalize("NFKC", f"n{text}")
    if keyword.iskeyword(text) or text in _TAKEN or text.startswith("model_"):
        text += "_"
    return text
