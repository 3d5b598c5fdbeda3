"""Whether the modules that hold functions import generated code that there is."""

from __future__ import annotations

from jeyn.model import modules
from jeyn.model.definitions import Definitions
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import Finding
from jeyn_gen.load.fields import suggestion
from jeyn_gen.load.functions import FunctionFinder


def check_generated_imports(definitions: Definitions, finder: FunctionFinder, findings: list[Finding]) -> None:
    """Report imports of modules that no definition gives, in the modules that were looked at for functions."""
    tables = {
        modules.CATALOGS: definitions.catalogs,
        modules.FORMULAS: definitions.formulas,
        modules.USE_CASES: definitions.use_cases,
        modules.PIPELINES: definitions.pipelines,
    }
    there = {package: [modules.module(package, pin) for pin in table] for package, table in tables.items()}
    for location, name in finder.generated():
        known = there.get(name.rpartition(".")[0])
        if known is not None and name not in known:
            findings.append(made(location, "JYN404", f"{name} is not generated", suggestion(name, known)))
