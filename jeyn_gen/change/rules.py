"""All rules, by the kind of document that they judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jeyn.model.definitions import DataCatalog, DatasetFormula, Definition, MLUseCase, Pipeline
from jeyn.model.names import Pin
from jeyn_gen.change.catalog_rules import MEMBER_RULES
from jeyn_gen.change.constraint_rules import CONSTRAINT_RULES
from jeyn_gen.change.feature_rules import FEATURE_RULES
from jeyn_gen.change.formula_rules import FORMULA_RULES, FormulaChange
from jeyn_gen.change.levels import Level
from jeyn_gen.change.members import CatalogChange
from jeyn_gen.change.name_rules import NAME_RULES
from jeyn_gen.change.output_rules import OUTPUT_RULES
from jeyn_gen.change.pipeline_rules import PARAMETER_RULES, PipelineChange
from jeyn_gen.change.rule import Breach, Rule
from jeyn_gen.change.step_rules import STEP_RULES
from jeyn_gen.change.use_case_rules import USE_CASE_RULES, UseCaseChange
from jeyn_gen.change.wording_rules import descriptions

_WORDING: Rule[Any] = Rule("JYN606", Level.PATCH, lambda change: descriptions(change.old, change.new))
RULES: dict[type[Any], tuple[Rule[Any], ...]] = {
    DataCatalog: (*MEMBER_RULES, *FEATURE_RULES, *CONSTRAINT_RULES, *NAME_RULES, _WORDING),
    DatasetFormula: (*FORMULA_RULES, _WORDING),
    MLUseCase: (*USE_CASE_RULES, _WORDING),
    Pipeline: (*PARAMETER_RULES, *OUTPUT_RULES, *STEP_RULES, _WORDING),
}
Catalogs = Mapping[Pin, DataCatalog]


def breaches(
    old: Definition, new: Definition, old_catalogs: Catalogs, new_catalogs: Catalogs
) -> Iterator[tuple[Rule[Any], Breach]]:
    """Every difference between two versions of a definition, with the rule that says what it needs.

    What a use case gives is compared by the catalogs that it pins, which are looked up among those of its time.
    """
    change: Any
    match old, new:
        case DataCatalog(), DataCatalog():
            change = CatalogChange(old, new)
        case DatasetFormula(), DatasetFormula():
            change = FormulaChange(old, new)
        case MLUseCase(), MLUseCase():
            change = UseCaseChange(old, new, old_catalogs, new_catalogs)
        case Pipeline(), Pipeline():
            change = PipelineChange(old, new)
        case _:
            raise TypeError("only definitions of one kind are versions of each other")
    for rule in RULES[type(old)]:
        for breach in rule.check(change):
            yield rule, breach
