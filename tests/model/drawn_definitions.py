"""Definitions as hypothesis draws them: whatever a document may say, and nothing that lint would refuse."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from hypothesis import strategies as st

from jeyn.model.constraints import broken
from jeyn.model.definitions import (
    CompositeRecipe,
    DataCatalog,
    DatasetFormula,
    FilesRecipe,
    Gate,
    InputSource,
    MLUseCase,
    ModelRecipe,
    OutputTarget,
    Parameter,
    Pipeline,
    Promotion,
    PythonRecipe,
    Recipe,
    Resources,
    Schedule,
    Step,
)
from jeyn.model.names import Pin, Version
from jeyn.model.references import Recorded, StepOutput
from jeyn.model.running import YEAR, Backoff, Condition, ForEach, Placement, Toleration
from jeyn.model.types import (
    DTYPES,
    ITEM,
    NUMERIC,
    ORDERED,
    SIZED,
    Constraints,
    Family,
    Feature,
    FeatureType,
    List,
    Scalar,
    Struct,
    Tensor,
    Value,
    integer_range,
    item_of,
)

PATTERNS = ("^a", "[a-z]+", "^[^0-9]*$", "b?", r"\d{2,3}|x", r"\$")
ZONES = ("", "UTC", "Europe/Berlin", "America/St_Johns")
ATTRIBUTES = ("x", "y", "images", "held_back", "C", "model", "table")

names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
versions = st.builds(Version, st.integers(0, 3), st.integers(0, 99), st.integers(0, 999_999_999))
pins = st.builds(lambda name, version: Pin(name, version.line), names, versions)
#: Text that a YAML document can hold: no lone surrogates.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
#: Names of features and fields, which cannot hold U+0000.
feature_names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20).filter(
    str.strip
)
attributes = st.sampled_from(ATTRIBUTES)
functions = st.sampled_from(["pipelines.digits:train", "a:f", "größe.b_1:_x"])
whole = st.integers(0, 2**31 - 1)


def decimals(kind: Scalar) -> st.SearchStrategy[Decimal]:
    most = 10**kind.precision - 1
    return st.integers(-most, most).map(
        lambda unscaled: Decimal((int(unscaled < 0), tuple(map(int, str(abs(unscaled)))), -kind.scale))
    )


def floats(dtype: str, *, nan: bool = False) -> st.SearchStrategy[float]:
    """Floats of a dtype. Of a narrow one hypothesis draws some that are too large for it, and gives the example up."""
    if dtype == "float64":
        return st.floats(allow_nan=nan)
    width, most = (16, 65504.0) if dtype == "float16" else (32, 3.4028234663852886e38)
    finite = st.floats(-most, most, width=width)  # type: ignore[call-overload]  # 16 or 32
    return finite | st.sampled_from([float("inf"), float("-inf"), *([float("nan")] if nan else [])])


def values(kind: Scalar) -> st.SearchStrategy[Any]:
    """Values that a document can state of a type; no NaN."""
    zone = UTC if kind.timezone else None
    match kind.family:
        case Family.BOOLEAN:
            return st.booleans()
        case Family.INTEGER:
            return st.integers(*integer_range(kind.dtype))
        case Family.FLOAT:
            return floats(kind.dtype)
        case Family.DECIMAL:
            return decimals(kind)
        case Family.STRING:
            return texts
        case Family.BYTES:
            return st.binary(max_size=6)
        case Family.DATE:
            return st.dates()
        case Family.TIMESTAMP:
            return st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)).map(
                lambda moment: moment.replace(tzinfo=zone)
            )
    return st.timedeltas(timedelta(0), timedelta(days=99_999))


@st.composite
def scalars(draw: st.DrawFn, families: frozenset[Family] = frozenset(Family)) -> Scalar:
    dtype = draw(st.sampled_from([dtype for dtype, family in DTYPES.items() if family in families]))
    match DTYPES[dtype]:
        case Family.TIMESTAMP:
            return Scalar(dtype, timezone=draw(st.sampled_from(ZONES)))
        case Family.DECIMAL:
            precision = draw(st.integers(1, 76))
            return Scalar(dtype, precision=precision, scale=draw(st.integers(0, precision)))
    return Scalar(dtype)


axes = st.one_of(st.just(-1), st.integers(1, 4))
plain_types: st.SearchStrategy[FeatureType] = st.one_of(
    scalars(), st.builds(Tensor, scalars(NUMERIC), st.lists(axes, min_size=1, max_size=3).map(tuple))
)


@st.composite
def composites(draw: st.DrawFn, depth: int = 2) -> FeatureType:
    """Structs and lists, of each other down to a depth."""
    kinds = plain_types if depth == 0 else st.one_of(plain_types, composites(depth - 1))
    if draw(st.booleans()):
        return List(draw(inner(ITEM, kinds)))
    called = draw(st.lists(feature_names, min_size=1, max_size=3, unique=True))
    return Struct(tuple(draw(inner(name, kinds)) for name in called))


def inner(name: str, kinds: st.SearchStrategy[FeatureType]) -> st.SearchStrategy[Feature]:
    """What stands within a struct or list: nothing in there can be unique."""
    return features(name, kinds).map(lambda made: replace(made, constraints=replace(made.constraints, unique=False)))


types: st.SearchStrategy[FeatureType] = st.one_of(plain_types, plain_types, composites())


@st.composite
def constraints(draw: st.DrawFn, kind: FeatureType) -> Constraints:
    """Rules that apply to a type and that some value keeps."""
    rules: dict[str, Any] = {"nullable": draw(st.booleans())}
    lengths = sorted(draw(st.lists(st.integers(0, 9), max_size=2)))
    if not isinstance(kind, Scalar | Tensor):
        sized = dict(zip(("min_length", "max_length"), lengths, strict=False)) if isinstance(kind, List) else {}
        return Constraints(**rules, **sized)
    item, is_scalar = item_of(kind), not isinstance(kind, Tensor)
    if item.family in ORDERED:
        bounds = sorted(draw(st.lists(values(item), max_size=2)))
        lows, highs = ("minimum", "exclusive_minimum"), ("maximum", "exclusive_maximum")
        rules |= {draw(st.sampled_from(group)): bound for group, bound in zip((lows, highs), bounds, strict=False)}
        if draw(st.booleans()) and len(bounds) == 1:
            rules = {"nullable": rules["nullable"], draw(st.sampled_from(highs)): bounds[0]}
    if is_scalar and item.family in SIZED:
        rules |= dict(zip(("min_length", "max_length"), lengths, strict=False))
    if is_scalar and item.family is Family.STRING:
        rules["pattern"] = draw(st.none() | st.sampled_from(PATTERNS))
    if is_scalar:
        rules["unique"] = draw(st.booleans())
    found = Constraints(**rules)
    if not _can_be_kept(found, kind):
        found = Constraints(nullable=found.nullable)
    listed = draw(st.none() | st.lists(values(item), min_size=1, max_size=4, unique=True))
    if listed:
        kept = tuple(value for value in listed if not any(broken(value, kind, found)))
        return Constraints(**{**_given(found), "enum": kept}) if kept else found
    return found


def _given(rules: Constraints) -> dict[str, Any]:
    return {name: getattr(rules, name) for name in Constraints.__dataclass_fields__}


def _can_be_kept(rules: Constraints, kind: Scalar | Tensor) -> bool:
    lower, upper = rules.lower(kind), rules.upper(kind)
    if lower == (math.inf, True) or upper == (-math.inf, True):
        return False
    if lower is None or upper is None:
        return True
    low: Any = lower[0]
    return low < upper[0] or (low == upper[0] and not (lower[1] or upper[1]))


@st.composite
def features(draw: st.DrawFn, name: str, kinds: st.SearchStrategy[FeatureType]) -> Feature:
    kind = draw(kinds)
    return Feature(
        name,
        kind,
        draw(constraints(kind)),
        description=draw(texts),
        unit=draw(texts),
        tags=tuple(draw(st.lists(texts, max_size=2))),
        deprecated=draw(st.booleans()),
        examples=tuple(draw(st.lists(values(item_of(kind)), max_size=2))) if isinstance(kind, Scalar | Tensor) else (),
    )


@st.composite
def catalogs(draw: st.DrawFn) -> DataCatalog:
    called = draw(st.lists(feature_names, min_size=1, max_size=4, unique=True))
    listed = tuple(draw(features(name, types)) for name in called)
    return DataCatalog(draw(names), draw(versions), listed, draw(texts))


def is_url(text: str) -> bool:
    """Whether a text has the parts of a URL or a path."""
    try:
        return bool(urlsplit(text) and text.strip())
    except ValueError:
        return False


def inputs(least: int) -> st.SearchStrategy[tuple[tuple[str, Pin], ...]]:
    return st.dictionaries(attributes, pins, min_size=least, max_size=3).map(lambda held: tuple(held.items()))


recipes: st.SearchStrategy[Recipe] = st.one_of(
    st.builds(FilesRecipe, texts.filter(is_url), st.sampled_from(["parquet", "csv", "jsonl"])),
    st.builds(PythonRecipe, functions, inputs(0)),
    st.builds(CompositeRecipe, inputs(2)),
    st.builds(
        CompositeRecipe,
        inputs(2),
        st.lists(texts, min_size=1, max_size=2).map(tuple),
        st.sampled_from(["inner", "left", "full"]),
    ),
    st.builds(ModelRecipe, pins, pins, functions, st.integers(1, 2**31 - 1)),
)
formulas = st.builds(DatasetFormula, names, versions, pins, recipes, texts)

limits = st.floats(allow_nan=False)
gates = st.builds(
    lambda name, low, high, kept: Gate(name, min(low, high) if kept < 2 else None, max(low, high) if kept else None),
    texts,
    limits,
    limits,
    st.integers(0, 2),
)
digests = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)
promotions = st.builds(Promotion, names, texts, digests)
use_cases = st.builds(
    MLUseCase,
    names,
    versions,
    pins,
    pins,
    st.lists(gates, max_size=3, unique_by=lambda gate: gate.metric).map(tuple),
    st.lists(promotions, max_size=2, unique_by=lambda promotion: promotion.stage).map(tuple),
    st.sampled_from(["", "skops", "safetensors", "json", "pickle"]),
    st.lists(texts, max_size=2).map(tuple),
    texts,
)


@st.composite
def parameters(draw: st.DrawFn, name: str) -> Parameter:
    kind = draw(scalars())
    given = _given(draw(constraints(kind)))
    rules = Constraints(**{**given, "unique": False})
    candidates = [draw(values(kind)), *(rules.enum or ())]
    fitting: list[Value | None] = [value for value in candidates if not any(broken(value, kind, rules))]
    return Parameter(name, kind, rules, draw(st.sampled_from([None, *fitting])), draw(texts))


sources: st.SearchStrategy[StepOutput | Recorded] = st.one_of(
    st.builds(StepOutput, names, st.just("") | attributes),
    st.builds(Recorded, names, st.just("latest") | st.integers(1, 10**15).map(str), st.just("")),
    st.builds(
        lambda pin, which: Recorded(pin.name, which, pin.line), pins, st.sampled_from(["latest", "production", "7"])
    ),
)
quantities = st.sampled_from(["", "1", "500m", "2Gi", "1.5", "1e3"])
secret_keys = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9)
memories = st.sampled_from(["", "1e3", "512Mi", "2Gi", "1.5Gi"])
resources = st.builds(Resources, quantities, memories, whole)


spans = st.integers(1, YEAR)
label_values = st.from_regex(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,9}[A-Za-z0-9])?|", fullmatch=True)
label_keys = st.from_regex(
    r"([a-z0-9]([-a-z0-9]{0,4}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,9}[A-Za-z0-9])?", fullmatch=True
)
backoffs = st.one_of(
    st.just(Backoff()),
    st.builds(Backoff, spans, st.integers(1, 2**31 - 1)),
    st.lists(spans, min_size=2, max_size=2).map(lambda two: Backoff(min(two), 2, max(two))),
)
tolerations = st.one_of(
    st.builds(Toleration, label_keys, st.just("Equal"), label_values, st.sampled_from(["", "NoSchedule"])),
    st.builds(
        Toleration, st.just("") | label_keys, st.just("Exists"), effect=st.sampled_from(["", "PreferNoSchedule"])
    ),
    st.builds(Toleration, label_keys, effect=st.just("NoExecute"), seconds=st.none() | whole),
)
placements = st.builds(
    Placement,
    st.just("") | names,
    st.dictionaries(label_keys, label_values, max_size=2).map(lambda held: tuple(held.items())),
    st.lists(tolerations, max_size=2).map(tuple),
)


def fitting(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Values that a parameter takes."""
    candidates = [parameter.default, *(parameter.constraints.enum or ())]
    known = [one for one in candidates if one is not None]
    kept = values(parameter.type).filter(lambda one: not any(broken(one, parameter.type, parameter.constraints)))
    return st.sampled_from(known) if known else kept


@st.composite
def for_each(draw: st.DrawFn, taken: tuple[Parameter, ...]) -> ForEach:
    """Items of a step that takes these parameters, or a report."""
    if not taken or draw(st.booleans()):
        return ForEach(source=StepOutput(draw(names), draw(st.just("") | attributes)))
    items: dict[frozenset[Any], tuple[tuple[str, Any], ...]] = {}
    for _ in range(draw(st.integers(1, 3))):
        set_here = draw(st.lists(st.sampled_from(taken), min_size=1, max_size=2, unique=True))
        item = tuple((one.name, draw(fitting(one))) for one in set_here)
        items.setdefault(frozenset(item), item)
    return ForEach(tuple(items.values()))


@st.composite
def conditions(draw: st.DrawFn, declared: tuple[Parameter, ...]) -> tuple[Condition, ...]:
    """Conditions of which each asks for something else."""
    found: dict[str, Condition] = {}
    for parameter in draw(st.lists(st.sampled_from(declared), max_size=1)) if declared else []:
        one = Condition(parameter.name, equals=draw(fitting(parameter)))
        found[str(one)] = one
    for gate in draw(st.lists(gates.filter(lambda gate: gate.metric), max_size=2)):
        source = StepOutput(draw(names), draw(attributes))
        one = Condition("", source, gate.metric, minimum=gate.minimum, maximum=gate.maximum)
        found[str(one)] = one
    return tuple(found.values())


@st.composite
def steps(draw: st.DrawFn, name: str, declared: tuple[Parameter, ...] = ()) -> Step:
    own = draw(st.booleans())
    named = draw(st.none() | st.lists(attributes, max_size=2).map(tuple)) if own else None
    taken = tuple(one for one in declared if named is None or one.name in named)
    reads = draw(st.lists(attributes, max_size=3, unique=True))
    gives = draw(st.lists(attributes, max_size=3, unique=True)) if own else []
    return Step(
        name=name,
        formula=None if own else draw(pins),
        function=draw(functions) if own else "",
        inputs=tuple(InputSource(read, draw(sources), draw(st.none() | pins)) for read in reads),
        outputs=tuple(
            OutputTarget(give, draw(pins)) if draw(st.booleans()) else OutputTarget(give, report=draw(names))
            for give in gives
        ),
        parameters=named,
        code=tuple(draw(st.lists(st.sampled_from(["a/*.sql", "**", "b c"]), max_size=2))),
        cache=draw(st.booleans()),
        retries=draw(whole),
        resources=draw(resources),
        secrets=tuple(draw(st.dictionaries(attributes, secret_keys, max_size=2)).items()) if own else (),
        description=draw(texts),
        for_each=draw(st.none() | for_each(taken)) if own else None,
        when=draw(conditions(declared)),
        backoff=draw(backoffs),
        timeout=draw(st.just(0) | spans),
        placement=draw(placements),
    )


schedules = st.builds(
    Schedule,
    st.sampled_from(["0 3 * * *", "*/5 1-3 * JAN MON", "@daily"]),
    st.sampled_from(ZONES[1:]),
    st.sampled_from(["forbid", "allow", "replace"]),
    st.just(0) | spans,
)


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    declared = tuple(draw(parameters(name)) for name in draw(st.lists(attributes, max_size=2, unique=True)))
    called = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    return Pipeline(
        name=draw(names),
        version=draw(versions),
        steps=tuple(draw(steps(name, declared)) for name in called),
        parameters=declared,
        schedule=draw(st.none() | schedules),
        description=draw(texts),
        on_merge=draw(st.booleans()),
        on_new_batch=tuple(draw(st.lists(pins, max_size=2, unique=True))),
        concurrency=draw(whole),
    )


definitions = st.one_of(catalogs(), formulas, use_cases, pipelines())
Draw = Callable[..., Any]
DAY = date(2030, 1, 31)
