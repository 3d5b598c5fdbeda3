"""Reading `kind: Pipeline`."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from jeyn.model.constraints import broken, shown
from jeyn.model.definitions import (
    InputSource,
    OutputTarget,
    Parameter,
    Pipeline,
    Resources,
    Schedule,
    Step,
)
from jeyn.model.references import Recorded, StepOutput, parse_source
from jeyn.model.types import Constraints, Scalar, Value
from jeyn_gen.load import catalogs
from jeyn_gen.load import reader as read
from jeyn_gen.load.constraints import constraints
from jeyn_gen.load.fields import Fields, Reader
from jeyn_gen.load.nodes import MappingNode, Node, ScalarNode
from jeyn_gen.load.values import timezone, value

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
QUANTITY = re.compile(r"\d+(?:\.\d+)?(?:[munkMGTPE]|[KMGTPE]i|[eE][-+]?\d+)?", re.ASCII)
_CRON_FIELD = r"[\d*/,A-Za-z?L#-]+"
CRON = re.compile(
    rf"{_CRON_FIELD}(?: +{_CRON_FIELD}){{4}}|@(?:hourly|daily|midnight|weekly|monthly|yearly|annually)", re.ASCII
)
OF_FUNCTIONS = {
    "outputs": "remove it: the step gives one batch of its formula, under the name `batch`",
    "parameters": "remove it, or run the function itself as a step",
    "secrets": "remove it, or run the function itself as a step",
}
_MOST_OF_A_FILE_NAME = 255  # bytes, on all common file systems
SECRET_KEY = re.compile(r"[!-~]+")


def pipeline(fields: Fields) -> Pipeline:
    """The rest of a Pipeline document."""
    found = Pipeline(
        name=fields.need("name", read.name, ""),
        version=fields.need("version", read.version, catalogs.NO_VERSION),
        description=fields.get("description", read.words, ""),
        parameters=fields.get("parameters", read.mapping_of("`parameters`", _parameter), ()),
        steps=fields.need("steps", read.mapping_of("`steps`", _step, empty=False), ()),
        schedule=fields.get("schedule", _schedule, None),
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


def _step(reader: Reader, key: ScalarNode, node: Node) -> Step:
    fields = Fields(reader, node, f"step `{key.text[:80]}`")
    name = fields.own(read.name, key, "")
    runs = fields.choose("formula", "function")
    found = Step(
        name=name,
        formula=fields.get("formula", read.pin, None),
        function=fields.get("function", read.function, ""),
        inputs=fields.get("inputs", read.mapping_of("`inputs`", _input), ()),
        outputs=fields.get("outputs", read.mapping_of("`outputs`", _output), ()),
        parameters=fields.get("parameters", read.list_of("`parameters`", read.identifier), None),
        code=fields.get("code", read.list_of("`code`", _glob), ()),
        cache=fields.get("cache", read.boolean, True),
        retries=fields.get("retries", read.integer(0), 0),
        resources=fields.get("resources", _resources, Resources()),
        secrets=fields.get("secrets", read.mapping_of("`secrets`", _secret), ()),
        description=fields.get("description", read.words, ""),
    )
    if runs == "formula":
        for key_of_functions, why in OF_FUNCTIONS.items():
            message = f"{fields.what} runs a formula, so it cannot have `{key_of_functions}`"
            fields.refuse_key(key_of_functions, "JYN104", message, why)
    fields.close()
    return found


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


def _glob(reader: Reader, node: Node) -> str:
    text = read.text(reader, node)
    parts = PurePosixPath(text).parts
    if not parts or text.startswith("/") or ".." in parts:
        message, fix = "is not a glob below the project's root", "write it relative to the root, without `..`"
    elif any("**" in part and part != "**" for part in parts):
        message, fix = "holds `**` beside other characters", "write `**` alone between two `/`, or `*`"
    elif any(len(part.encode()) > _MOST_OF_A_FILE_NAME for part in parts):
        message, fix = "is longer than the name of a file can be", "shorten it"
    else:
        return text
    raise reader.refuse(node, "JYN121", f"{text[:80]!r} {message}", fix)


def _resources(reader: Reader, node: Node) -> Resources:
    fields = Fields(reader, node, "`resources`")
    found = Resources(
        cpu=fields.get("cpu", _quantity, ""),
        memory=fields.get("memory", _quantity, ""),
        gpu=fields.get("gpu", read.integer(0), 0),
    )
    fields.close()
    return found


def _secret(reader: Reader, key: ScalarNode, node: Node) -> tuple[str, str]:
    """The name that the function knows a secret by, and the key in the secret store."""
    name = read.parameter_name(reader, key)
    text = read.text(reader, node)
    if not SECRET_KEY.fullmatch(text):
        fix = "write the key that the secret has in the store: printable ASCII without spaces"
        raise reader.refuse(node, "JYN121", f"{text[:80]!r} cannot be the key of a secret", fix)
    return name, text


def _quantity(reader: Reader, node: Node) -> str:
    text = read.words(reader, node)
    if QUANTITY.fullmatch(text):
        return text
    raise reader.refuse(node, "JYN121", f"{text[:80]!r} is no Kubernetes quantity", "write it as 500m, 2 or 4Gi")


def _schedule(reader: Reader, node: Node) -> Schedule:
    fields = Fields(reader, node, "`schedule`")
    cron = fields.need("cron", _cron, "")
    zone = fields.get("timezone", timezone, "UTC")
    fields.close()
    return Schedule(cron, zone)


def _cron(reader: Reader, node: Node) -> str:
    text = read.text(reader, node)
    if CRON.fullmatch(text):
        return text
    fix = 'write five fields, such as "0 3 * * *" for every day at three'
    raise reader.refuse(node, "JYN121", f"{text[:80]!r} is no cron expression", fix)
