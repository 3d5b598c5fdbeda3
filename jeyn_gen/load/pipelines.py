"""Reading `kind: Pipeline`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jeyn.model.constraints import broken, shown
from jeyn.model.definitions import InputSource, OutputTarget, Parameter, Pipeline, Resources, Step
from jeyn.model.references import Recorded, StepOutput, parse_source
from jeyn.model.running import Backoff, Condition, ForEach
from jeyn.model.types import Constraints, Scalar, Value
from jeyn_gen.load import catalogs, step_fields
from jeyn_gen.load import reader as read
from jeyn_gen.load.conditions import conditions
from jeyn_gen.load.constraints import constraints
from jeyn_gen.load.fields import Fields, Reader
from jeyn_gen.load.for_each import for_each
from jeyn_gen.load.nodes import MappingNode, Node, ScalarNode
from jeyn_gen.load.placement import placement
from jeyn_gen.load.schedules import schedule, triggers
from jeyn_gen.load.spans import span
from jeyn_gen.load.values import value

OF_FUNCTIONS = {
    "outputs": "remove it: the step gives one batch of its formula, under the name `batch`",
    "parameters": "remove it, or run the function itself as a step",
    "secrets": "remove it, or run the function itself as a step",
    "for_each": "remove it, or run the function itself as a step, which can take parameters",
}


def pipeline(fields: Fields) -> Pipeline:
    """The rest of a Pipeline document."""
    name = fields.need("name", read.name, "")
    version = fields.need("version", read.version, catalogs.NO_VERSION)
    description = fields.get("description", read.words, "")
    parameters = fields.get("parameters", read.mapping_of("`parameters`", _parameter), None)
    # What was refused has said so: what names a parameter then is not looked at.
    declared = parameters if parameters is not None or "parameters" in fields.node.pairs else ()
    started_by = fields.get("on", triggers, ())
    found = Pipeline(
        name=name,
        version=version,
        description=description,
        parameters=parameters or (),
        steps=fields.need("steps", read.mapping_of("`steps`", _step_given(declared), empty=False), ()),
        schedule=fields.get("schedule", schedule, None),
        on_merge=None in started_by,
        on_new_batch=tuple(pin for pin in started_by if pin is not None),
        concurrency=fields.get("concurrency", read.integer(1), 0),
    )
    fields.close()
    return found


def _parameter(reader: Reader, key: ScalarNode, node: Node) -> Parameter:
    fields = Fields(reader, node, f"parameter `{key.text[:80]}`")
    name = fields.own(read.parameter_name, key, "")
    kind = fields.typed(catalogs.scalar_type, catalogs.PARAMETER_KEYS)
    fields.refuse_key("unique", "JYN113", f"{fields.what}: one value cannot have `unique`")
    rules = constraints(fields, kind)
    found = Parameter(
        name=name,
        type=kind,
        constraints=rules,
        default=fields.get("default", lambda reader, node: _default(reader, node, kind, rules), None),
        description=fields.get("description", read.words, ""),
    )
    fields.close()
    return found


def _default(reader: Reader, node: Node, kind: Scalar, rules: Constraints) -> Value | None:
    if isinstance(node, ScalarNode) and node.value is None and rules.nullable:
        return None
    default = value(reader, node, kind)
    for rule in broken(default, kind, rules):
        raise reader.refuse(node, "JYN120", f"the default {shown(default)} breaks {rule}")
    return default


def _step_given(declared: Sequence[Parameter] | None) -> Callable[[Reader, ScalarNode, Node], Step]:
    """A reader of steps of a pipeline that declares these parameters; None where they could not be read."""

    def read_one(reader: Reader, key: ScalarNode, node: Node) -> Step:
        return _step(Fields(reader, node, f"step `{key.text[:80]}`"), key, declared)

    return read_one


def _step(fields: Fields, key: ScalarNode, declared: Sequence[Parameter] | None) -> Step:
    name = fields.own(read.name, key, "")
    runs = fields.choose("formula", "function")
    formula, function = fields.get("formula", read.pin, None), fields.get("function", read.function, "")
    inputs = fields.get("inputs", read.mapping_of("`inputs`", _input), ())
    outputs = fields.get("outputs", read.mapping_of("`outputs`", _output), ())
    parameters = fields.get("parameters", read.list_of("`parameters`", read.identifier), None)
    items, when = _for_what(fields, declared, parameters, is_function=runs != "formula")
    limit, backoff = fields.get("retries", step_fields.retries, (0, Backoff()))
    found = Step(
        name=name,
        formula=formula,
        function=function,
        inputs=inputs,
        outputs=outputs,
        parameters=parameters,
        code=fields.get("code", read.list_of("`code`", step_fields.glob), ()),
        cache=fields.get("cache", read.boolean, True),
        retries=limit,
        resources=fields.get("resources", step_fields.resources, Resources()),
        secrets=fields.get("secrets", read.mapping_of("`secrets`", step_fields.secret), ()),
        description=fields.get("description", read.words, ""),
        for_each=items,
        when=when,
        backoff=backoff,
        timeout=fields.get("timeout", span, 0),
        placement=placement(fields),
    )
    if runs == "formula":
        for key_of_functions, why in OF_FUNCTIONS.items():
            message = f"{fields.what} runs a formula, so it cannot have `{key_of_functions}`"
            fields.refuse_key(key_of_functions, "JYN104", message, why)
    fields.close()
    return found


def _for_what(
    fields: Fields, declared: Sequence[Parameter] | None, named: Sequence[str] | None, *, is_function: bool
) -> tuple[ForEach | None, tuple[Condition, ...]]:
    """A step's `for_each` and `when`; `named` are the parameters that it says it takes."""
    if declared is None:
        fields.knows(("for_each", "when"))
        return None, ()
    taken = [one for one in declared if named is None or one.name in named]
    items = fields.get("for_each", for_each(taken), None) if is_function else None
    return items, fields.get("when", conditions(declared), ())


def _input(reader: Reader, key: ScalarNode, node: Node) -> InputSource:
    if not isinstance(node, MappingNode):
        return InputSource(read.input_name(reader, key), _source(reader, node))
    fields = Fields(reader, node, f"input `{key.text[:80]}`")
    name = fields.own(read.input_name, key, "")
    source = fields.need("from", _source, StepOutput(""))
    catalog = fields.get("catalog", read.pin, None)
    fields.close()
    return InputSource(name, source, catalog)


def _source(reader: Reader, node: Node) -> StepOutput | Recorded:
    text = read.text(reader, node)
    try:
        return parse_source(text)
    except ValueError:
        fix = "name a step, a step's output, or what is recorded"
        raise reader.refuse(
            node, "JYN109", f"expected STEP, STEP.OUTPUT, NAME@MAJOR#latest or NAME#NUMBER, not {text[:80]!r}", fix
        ) from None


def _output(reader: Reader, key: ScalarNode, node: Node) -> OutputTarget:
    if not isinstance(node, MappingNode):
        return OutputTarget(read.output_name(reader, key), definition=read.pin(reader, node))
    fields = Fields(reader, node, f"output `{key.text[:80]}`")
    name = fields.own(read.output_name, key, "")
    report = fields.need("report", read.name, "")
    fields.close()
    return OutputTarget(name, report=report)
