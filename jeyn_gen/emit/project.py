"""All files of a project, as units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from jeyn.model.definitions import DataCatalog, Definitions
from jeyn.model.deployment import NOWHERE, Deployments
from jeyn.model.names import Pin
from jeyn.model.plan import Plan
from jeyn_gen.emit.catalogs import catalog_unit, held_catalog_unit
from jeyn_gen.emit.formulas import formula_unit, use_case_unit
from jeyn_gen.emit.manifests.units import manifest_units
from jeyn_gen.emit.pipelines import check_units, pipeline_unit
from jeyn_gen.emit.units import Unit


def project_units(
    definitions: Definitions,
    plans: Mapping[Pin, Plan],
    deployments: Deployments = NOWHERE,
    forms: Mapping[Pin, bytes] = MappingProxyType({}),
) -> list[Unit]:
    """Every generated file, sorted by path. The definitions have no errors.

    `forms` are the canonical forms of catalogs, as far as they are there already: such a catalog's value is asked for
    when its file must be written.
    """
    units = [
        *(_catalog_unit(pin, definitions.catalogs, forms) for pin in definitions.catalogs),
        *(formula_unit(formula, definitions) for formula in definitions.formulas.values()),
        *(use_case_unit(use_case) for use_case in definitions.use_cases.values()),
        *(pipeline_unit(plan) for plan in plans.values()),
        *check_units(definitions, plans),
    ]
    units += _packages(units)
    units += manifest_units(definitions, plans, deployments)
    return sorted(units, key=lambda unit: unit.path)


def _catalog_unit(pin: Pin, catalogs: Mapping[Pin, DataCatalog], forms: Mapping[Pin, bytes]) -> Unit:
    return held_catalog_unit(pin, forms[pin], catalogs) if pin in forms else catalog_unit(catalogs[pin])


def _packages(units: Iterable[Unit]) -> Iterator[Unit]:
    """An `__init__.py` for every folder, so that the modules can be imported from anywhere."""
    folders: set[str] = set()
    for unit in units:
        parts = unit.path.split("/")[:-1]
        folders |= {"/".join(parts[:end]) for end in range(1, len(parts) + 1)}
    for folder in sorted(folders):
        yield Unit.of(f"{folder}/__init__.py", folder, lambda: '"""Generated from the documents of this project."""\n')
