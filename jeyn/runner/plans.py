"""Finding the plan of a pipeline among the generated modules."""

from __future__ import annotations

from jeyn.errors import AskError
from jeyn.model.modules import PIPELINES
from jeyn.model.names import Pin, is_name, module_part
from jeyn.model.plan import Plan
from jeyn.project import Project
from jeyn.stores import definitions


def find_plan(project: Project, name: str) -> Plan:
    """The plan of `NAME@MAJOR`, or of `NAME` in its highest major; AskError where there is none."""
    project.make_importable()
    if "@" in name:
        try:
            return definitions.plan(Pin.parse(name))
        except ValueError:
            raise AskError(f"{name!r} is no pipeline", "write NAME or NAME@MAJOR") from None
    folder = project.root.joinpath(*PIPELINES.split("."))
    stems = [path.stem for path in folder.glob("*_v*.py")]
    lines = [line for stem in stems if is_name(name) and (line := _line(stem, f"{module_part(name)}_v"))]
    if not lines:
        known = sorted({stem.rpartition("_v")[0].strip("_").replace("_", "-") for stem in stems})
        raise AskError(f"there is no pipeline {name!r}", f"there are: {', '.join(known) or 'none'}")
    return definitions.plan(Pin(name, max(lines, key=lambda line: [int(part) for part in line.split(".")])))


def _line(stem: str, start: str) -> str:
    """The major line in a module's name, if the module is one of that pipeline."""
    rest = stem.removeprefix(start) if stem.startswith(start) else ""
    return rest.replace("_", ".") if rest.replace("_", "").isdigit() else ""
