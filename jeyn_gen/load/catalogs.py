"""Reading `kind: DataCatalog`, and the types and constraints that parameters share with features."""

from __future__ import annotations

from collections.abc import Callable

from jeyn.model.definitions import DataCatalog
from jeyn.model.names import Version
from jeyn.model.types import (
    DTYPES,
    ITEM,
    NUMERIC,
    Family,
    Feature,
    FeatureType,
    List,
    Scalar,
    Struct,
    Tensor,
    Value,
    item_of,
)
from jeyn_gen.load import reader as read
from jeyn_gen.load.constraints import BOUNDS, constraints, in_words
from jeyn_gen.load.fields import Fields, Read, Reader, Refused, suggestion, with_article
from jeyn_gen.load.mending import respelt, rewritten
from jeyn_gen.load.nodes import MappingNode, Node, ScalarNode
from jeyn_gen.load.values import timezone, value

NO_VERSION = Version(0, 0, 0)
#: Which keys accompany which dtypes.
COMPANIONS = {"timezone": Family.TIMESTAMP, "precision": Family.DECIMAL, "scale": Family.DECIMAL}
_SHAPE = ("shape",)
_EXAMPLES = ("examples",)
_RULE_KEYS = ("nullable", "enum", "unique", "pattern", *BOUNDS, "min_length", "max_length")
_TYPE_KEYS = ("dtype", "shape", *COMPANIONS, "struct", "list")
_WORDS = ("description", "unit", "tags", "deprecated", "examples", "renamed_from")
_FEATURE_KEYS = (*_TYPE_KEYS, *_RULE_KEYS, *_WORDS)
PARAMETER_KEYS = (
    *("dtype", *COMPANIONS, "nullable", "enum", "pattern", *BOUNDS, "min_length", "max_length"),
    *("default", "description"),
)
_SYNONYMS = {
    **dict.fromkeys(("str", "text", "varchar", "object", "category"), "string"),
    **dict.fromkeys(("int", "integer", "long"), "int64"),
    **dict.fromkeys(("float", "double", "number"), "float64"),
    **dict.fromkeys(("datetime", "datetime64"), "timestamp"),
    "boolean": "bool",
    "binary": "bytes",
    "timedelta": "duration",
    "interval": "duration",
}
#: Synonyms that leave no choice: an `int` or a `float` has other widths elsewhere.
_EXACT = frozenset(("str", "text", "varchar", "double", "datetime", "boolean", "binary", "timedelta"))
_TAGS = read.list_of("`tags`", read.words)
MOST_NUMBERS = 2**31 - 1  # Arrow counts the numbers of a fixed-size list in 32 bits


def catalog(fields: Fields) -> DataCatalog:
    """The rest of a DataCatalog document."""
    found = DataCatalog(
        name=fields.need("name", read.name, ""),
        version=fields.need("version", read.version, NO_VERSION),
        description=fields.get("description", read.words, ""),
        features=fields.need("features", _members("`features`", _feature), ()),
    )
    fields.close()
    return found


def _members(what: str, read_one: Callable[[Reader, ScalarNode, Node], Feature]) -> Read[tuple[Feature, ...]]:
    """A reader of features or fields, none of which has taken the name of another that is still there."""
    read_all = read.mapping_of(what, read_one, empty=False)

    def read_them(reader: Reader, node: Node) -> tuple[Feature, ...]:
        found = read_all(reader, node)
        taken = {feature.name: "that is still there" for feature in found}
        for feature in found:
            if feature.renamed_from in taken:
                message = f"`{feature.name}` cannot be what was `{feature.renamed_from}`: {taken[feature.renamed_from]}"
                raise reader.refuse(_key_of(node, feature.name), "JYN114", message, "remove `renamed_from`")
            if feature.renamed_from:
                taken[feature.renamed_from] = f"`{feature.name}` is"
        return found

    return read_them


def _key_of(node: Node, name: str) -> Node:
    assert isinstance(node, MappingNode), "features were read from it"
    return node.pairs[name][0]


def _feature(reader: Reader, key: ScalarNode, node: Node) -> Feature:
    _check_name(reader, key, "a feature")
    return _described(Fields(reader, node, f"feature `{key.text[:80]}`"), key.text)


def _field(within: str) -> Callable[[Reader, ScalarNode, Node], Feature]:
    """Fields of a struct, which are read as features are."""

    def read_one(reader: Reader, key: ScalarNode, node: Node) -> Feature:
        _check_name(reader, key, "a field")
        return _within(reader, node, key.text, f"{within}, field `{key.text[:80]}`")

    return read_one


def _check_name(reader: Reader, key: ScalarNode, what: str) -> None:
    """Any text is a name but an empty one, and one that Arrow's C interface cannot hand on: it ends names at U+0000."""
    if not key.text.strip():
        raise reader.refuse(key, "JYN107", f"{what} needs a name", "give it one; any text will do")
    if "\0" in key.text:
        message = f"the name of {what} cannot hold the character U+0000, at which Arrow ends a name"
        raise reader.refuse(key, "JYN107", message, "remove it")


def _within(reader: Reader, node: Node, name: str, what: str) -> Feature:
    """What stands inside a struct or list, where nothing can hold over a whole batch."""
    fields = Fields(reader, node, what)
    fields.refuse_key("unique", "JYN113", f"{what} cannot have `unique`", "only a feature of its own can be unique")
    return _described(fields, name)


def _described(fields: Fields, name: str) -> Feature:
    """A type with its constraints and annotations, under a name."""
    kind = fields.typed(feature_type, _FEATURE_KEYS)
    rules = constraints(fields, kind)
    found = Feature(
        name=name,
        type=kind,
        constraints=rules,
        description=fields.get("description", read.words, ""),
        unit=fields.get("unit", read.words, ""),
        tags=fields.get("tags", _TAGS, ()),
        deprecated=fields.get("deprecated", read.boolean, False),
        examples=_examples(fields, kind),
        renamed_from=fields.get("renamed_from", read.text, ""),
    )
    fields.close()
    return found


def _examples(fields: Fields, kind: FeatureType) -> tuple[Value, ...]:
    if isinstance(kind, Struct | List):
        message = f"{fields.what}: {in_words(kind)} cannot have `examples`"
        fields.refuse_key("examples", "JYN113", message, "give them to what it is made of")
        return ()
    if fields.has_none(_EXAMPLES):
        return ()
    item = item_of(kind)
    return fields.get("examples", read.list_of("`examples`", lambda reader, node: value(reader, node, item)), ())


def feature_type(fields: Fields) -> FeatureType:
    """The type that `dtype`, `struct` or `list` and their companions state; Refused where they state none."""
    if fields.has_none(("struct", "list")):
        return _plain_type(fields)
    form = fields.choose("dtype", "struct", "list")
    if form is None or form == "dtype":
        raise Refused
    kind: FeatureType | None
    if form == "struct":
        members = fields.get("struct", _members("`struct`", _field(fields.what)), ())
        kind = Struct(members) if members else None
    else:
        what = f"{fields.what}, its items"
        item = fields.get("list", lambda reader, node: _within(reader, node, ITEM, what), None)
        kind = List(item) if item is not None else None
    for key in ("shape", *COMPANIONS):
        fields.refuse_key(key, "JYN113", f"{fields.what}: a {form} cannot have `{key}`")
    if kind is None or not fields.sound:
        raise Refused
    return kind


def _plain_type(fields: Fields) -> Scalar | Tensor:
    scalar = scalar_type(fields)
    shape = None if fields.has_none(_SHAPE) else fields.get("shape", read.list_of("`shape`", _axis, empty=False), None)
    if shape is None:
        if not fields.sound:
            raise Refused
        return scalar
    if scalar.family not in NUMERIC:
        fix = f"leave `shape` out for one in each row, or write `list: {{dtype: {scalar.dtype}}}` for several"
        message = f"{fields.what}: a tensor holds numbers, and cannot hold {scalar.dtype}"
        raise fields.reader.refuse(fields.place("shape"), "JYN112", message, fix)
    tensor = Tensor(scalar, shape)
    if tensor.is_fixed and tensor.size > MOST_NUMBERS:
        message = f"{fields.what}: a row would hold {tensor.size:,} numbers; it can hold {MOST_NUMBERS:,}"
        raise fields.reader.refuse(fields.place("shape"), "JYN112", message)
    return tensor


def scalar_type(fields: Fields) -> Scalar:
    """The scalar that `dtype`, `timezone`, `precision` and `scale` state."""
    dtype = fields.need("dtype", _dtype, "")
    if not dtype:
        raise Refused
    family = DTYPES[dtype]
    for key, wanted in COMPANIONS.items():
        if family is not wanted and key in fields.node.pairs:
            fields.refuse_key(key, "JYN113", f"{fields.what}: {with_article(dtype)} cannot have `{key}`")
    if family is Family.TIMESTAMP:
        return Scalar(dtype, timezone=fields.get("timezone", timezone, ""))
    if family is Family.DECIMAL:
        precision = fields.need("precision", read.integer(1, 76), 76)
        scale = fields.need("scale", read.integer(0), 0)
        if scale > precision:
            message = f"{fields.what}: of {precision} digits, {scale} cannot stand after the point"
            raise fields.reader.refuse(fields.place("scale"), "JYN114", message)
        return Scalar(dtype, precision=precision, scale=scale)
    return Scalar(dtype)


def _dtype(reader: Reader, node: Node) -> str:
    found = read.text(reader, node)
    if found in DTYPES:
        return found
    hint = suggestion(_SYNONYMS.get(found.lower(), found), DTYPES)
    same = _SYNONYMS[found.lower()] if found.lower() in _EXACT else found.lower()
    edit = rewritten(found, same) if same in DTYPES else respelt(found, DTYPES)
    raise reader.refuse(node, "JYN111", f"{found[:80]!r} is not a dtype", hint, edit)


def _axis(reader: Reader, node: Node) -> int:
    length = read.integer()(reader, node)
    if length != -1 and not 1 <= length <= MOST_NUMBERS:
        message = f"an axis has a length from 1 to {MOST_NUMBERS:,}, or is -1 where it is free, not {length}"
        raise reader.refuse(node, "JYN112", message)
    return length
