"""All files of a project, as units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jeyn.model.definitions import Definitions
from jeyn.model.deployment import NOWHERE, Deployments
from jeyn.model.names import Pin
from jeyn.model.plan import Plan
from jeyn_gen.emit.catalogs import catalog_unit
from jeyn_gen.emit.formulas import formula_unit, use_case_unit
from jeyn_gen.emit.manifests.units import manifest_units
from jeyn_gen.emit.pipelines import check_units, pipeline_unit
from jeyn_gen.emit.units import Unit


def project_units(definitions: Definitions, plans: dict[Pin, Plan], deployments: Deployments = NOWHERE) -> list[Unit]:
    """Every generated file, sorted by path. The definitions have no errors."""
    units = [
        *(catalog_unit(catalog) for catalog in definitions.catalogs.values()),
        *(formula_unit(formula, definitions) for formula in definitions.formulas.values()),
        *(use_case_unit(use_case) for use_case in definitions.use_cases.values()),
        *(pipeline_unit(plan) for plan in plans.values()),
    ]
    checks = [
        *(check_units(None, pin, definitions) for pin in definitions.formulas),
        *(check_units(plan, pin, definitions) for pin, plan in plans.items()),
    ]
    units += [unit for unit in checks if unit is not None]
    units += _packages(units)
    units += manifest_units(definitions, plans, deployments)
    return sorted(units, key=lambda unit: unit.path)


def _packages(units: Iterable[Unit]) -> Iterator[Unit]:
    """An `__init__.py` for every folder, so that the modules can be imported from anywhere."""
    folders: set[str] = set()
    for unit in units:
        parts = unit.path.split("/")[:-1]
        folders |= {"/".join(parts[:end]) for end in range(1, len(parts) + 1)}
    for folder in sorted(folders):
        yield Unit(f"{folder}/__init__.py", folder, lambda: '"""Generated from the documents of this project."""\n')
