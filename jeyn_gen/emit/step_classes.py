"""The classes of one step: what it reads, its parameters, what it gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from jeyn.model import modules as names
from jeyn.model.artefact import BATCH, CHECKPOINT
from jeyn.model.definitions import Parameter
from jeyn.model.names import Pin
from jeyn.model.plan import PlannedInput, PlannedOutput
from jeyn.model.types import Family, Value
from jeyn_gen.emit.annotations import annotation
from jeyn_gen.emit.classes import ClassSource, FieldSource, GeneratedClasses, pydantic_classes, type_aliases
from jeyn_gen.emit.json_schema import parameters_schema
from jeyn_gen.emit.layout import WIDTH, Part, argument, class_line, statement
from jeyn_gen.emit.source import part_of

_PYTHON = {
    Family.BOOLEAN: "bool",
    Family.INTEGER: "int",
    Family.FLOAT: "float",
    Family.DECIMAL: "Decimal",
    Family.STRING: "str",
    Family.BYTES: "bytes",
    Family.DATE: "date",
    Family.TIMESTAMP: "datetime",
    Family.DURATION: "timedelta",
}
_IMPORTS = {
    "Decimal": "decimal",
    "date": "datetime",
    "datetime": "datetime",
    "timedelta": "datetime",
    "UTC": "datetime",
}


@dataclass(frozen=True, slots=True)
class BatchNames:
    """How a module calls the batch classes of the catalogs that it uses; two majors of one name get an alias."""

    local: dict[Pin, str]

    @classmethod
    def of(cls, catalogs: Iterable[Pin], taken: Iterable[str] = ()) -> BatchNames:
        pins = sorted(set(catalogs))
        plain = [names.batch_class(pin) for pin in pins]
        used = [*plain, *taken]
        local: dict[Pin, str] = {}
        for pin, name in zip(pins, plain, strict=True):
            candidate = name if used.count(name) == 1 else f"{name[:-5]}V{pin.line.replace('.', '_')}Batch"
            number = 2
            while candidate in local.values() or (candidate != name and candidate in used):
                candidate, number = f"{candidate[:-5]}{number}Batch", number + 1
            local[pin] = candidate
        return cls(local)

    def imports(self) -> list[str]:
        """One import line per class."""
        return [
            f"from {names.module(names.CATALOGS, pin)} import {names.batch_class(pin)}"
            + ("" if local == names.batch_class(pin) else f" as {local}")
            for pin, local in self.local.items()
        ]


@dataclass(frozen=True, slots=True)
class StepSource:
    """Import lines, and the source of the classes."""

    imports: tuple[str, ...]
    source: str


def inputs_class(
    name: str,
    about: str,
    inputs: Sequence[PlannedInput],
    parameters: Sequence[Parameter],
    batches: BatchNames,
    secrets: Sequence[str] = (),
) -> StepSource:
    """`NAMEInputs`, and `NAMEParameters` and `NAMESecrets` where there are such."""
    needed = ["from jeyn.stores.steps import StepInputs"]
    parts: list[str] = []
    if parameters:
        made = _parameters_class(name, parameters)
        needed += made.imports
        parts.append(made.source)
    if secrets:
        own = _secrets_class(name, secrets)
        needed += own.imports
        parts.append(own.source)
    fields = [(one.name, _read(one, batches)) for one in inputs]
    needed += ["from collections.abc import Sequence"] * any(one.is_many for one in inputs)
    needed += [line for one in inputs for line in _handle_imports(one.kind)]
    if any(one.kind == BATCH for one in inputs):
        needed.append("from jeyn.stores.data import BatchData")
    if parameters:
        fields.append(("parameters", f"{name}Parameters"))
    if secrets:
        fields.append(("secrets", f"{name}Secrets"))
    built = _constructor(name, inputs, parameters, batches, has_secrets=bool(secrets))
    parts.append(_class(f"{name}Inputs", "StepInputs", about, fields) + built)
    return StepSource(tuple(needed), "\n\n\n".join(parts))


def _secrets_class(name: str, secrets: Sequence[str]) -> StepSource:
    # A field hides its type from the fields after it, if they have the same name.
    kind = "Secret_aliased" if "Secret" in secrets else "Secret"
    imported = "from jeyn.stores.secret import Secret" + (f" as {kind}" if kind != "Secret" else "")
    needed = ("from collections.abc import Mapping", imported, "from jeyn.stores.steps import StepSecrets")
    about = "The secrets that it is given."
    return StepSource(needed, _class(f"{name}Secrets", "StepSecrets", about, [(secret, kind) for secret in secrets]))


def _parameters_class(name: str, parameters: Sequence[Parameter]) -> GeneratedClasses:
    aliases = type_aliases(one.name for one in parameters)
    fields = {one.name: FieldSource(one.name, _default(one, aliases), one.description.strip()) for one in parameters}
    made = pydantic_classes(
        ClassSource(
            f"{name}Parameters",
            "jeyn.stores.row.Parameters",
            parameters_schema(parameters),
            fields,
            "The parameters that it is given.",
        )
    )
    words = [word for one in parameters if (word := _PYTHON[one.type.family]) in _IMPORTS]
    plain = [f"from {_IMPORTS[word]} import {word}" for word in words]
    aliased = [f"from {_IMPORTS[word]} import {word} as {alias}" for word, alias in aliases.items()]
    return GeneratedClasses((*made.imports, *plain, *aliased), made.source)


def outputs_class(name: str, about: str, outputs: Sequence[PlannedOutput]) -> StepSource:
    """`NAMEOutputs`."""
    needed = ["from jeyn.stores.steps import StepOutputs"]
    fields: list[tuple[str, str]] = []
    for one in outputs:
        needed += _handle_imports(one.kind)
        if one.kind == BATCH:
            needed += ["from typing import Any", "from jeyn.stores.batch import Batch"]
            fields.append((one.name, "Batch[Any, Any]"))
        else:
            fields.append((one.name, _handle(one.kind, None, BatchNames({}))))
    return StepSource(tuple(needed), _class(f"{name}Outputs", "StepOutputs", about, fields))


def _class(name: str, base: str, about: str, fields: Sequence[tuple[str, str]]) -> str:
    lines = [statement(field, annotation(kind), indent=4) for field, kind in fields]
    return "\n".join([class_line(name, base), f'    """{about}"""', *([""] if lines else []), *lines])


def _constructor(
    name: str,
    inputs: Sequence[PlannedInput],
    parameters: Sequence[Parameter],
    batches: BatchNames,
    *,
    has_secrets: bool,
) -> str:
    """`of`, which builds the inputs from plain data, parameters and texts, for tests and notebooks."""
    needed = [argument(one.name, annotation(_plain(one, batches))) for one in inputs]
    needed += [argument(one.name, annotation(_annotation(one)), _default(one)) for one in parameters]
    needed += [argument("secrets", annotation("Mapping[str, str]"))] if has_secrets else []
    if not needed:
        return ""
    signature = "".join(f"\n        {one}," for one in needed)
    given = [one.name for one in inputs] + [one.name for one in parameters] + ["secrets"] * has_secrets
    values = ", ".join(f"{one}={one}" for one in given)
    call = f"        return cls.build({values})"
    if len(call) > WIDTH:
        call = "        return cls.build(" + "".join(f"\n            {one}={one}," for one in given) + "\n        )"
    return f'''

    @classmethod
    def of(
        cls,
        *,{signature}
    ) -> {name}Inputs:
        """From plain data, checked as a run checks it."""
{call}'''


def _read(one: PlannedInput, batches: BatchNames) -> str:
    """The annotation of an input: one artefact, or one for each item of the step that gives it."""
    handle = _handle(one.kind, one.catalog, batches)
    return f"tuple[{handle}, ...]" if one.is_many else handle


def _plain(one: PlannedInput, batches: BatchNames) -> str:
    """What an input can be built from."""
    handle = _handle(one.kind, one.catalog, batches)
    plain = f"{handle} | BatchData" if one.kind == BATCH else f"{handle} | object"
    return f"Sequence[{plain}]" if one.is_many else plain


def _annotation(parameter: Parameter) -> str:
    kind = _PYTHON[parameter.type.family]
    return f"{kind} | None" if parameter.constraints.nullable else kind


def _default(parameter: Parameter, aliases: Mapping[str, str] = MappingProxyType({})) -> Part | None:
    """The expression of a default, if there is one. `aliases`: what types are called where it stands."""
    default: Value | None = parameter.default
    if default is None:
        return "None" if parameter.constraints.nullable else None
    return part_of(default, aliases)


def _handle(kind: str, catalog: Pin | None, batches: BatchNames) -> str:
    if kind == BATCH:
        assert catalog is not None, "a batch is read as a catalog"
        return batches.local[catalog]
    return "Checkpoint" if kind == CHECKPOINT else "Report"


def _handle_imports(kind: str) -> list[str]:
    if kind == BATCH:
        return []
    return [f"from jeyn.stores.saved import {'Checkpoint' if kind == CHECKPOINT else 'Report'}"]
