"""Importing each module that is generated for the worked example: the longest time that one takes itself, in seconds.

What it imports is there already, pydantic and Jeyn's own modules as well as other generated ones, since a process
loads them once.
"""

import importlib
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
OWN = ROOT / "generated"

sys.path.insert(0, str(ROOT))
names = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("catalogs", "formulas", "use_cases", "pipelines")
    for path in sorted((OWN / folder).glob("*_v*.py"))
]
for name in names:
    importlib.import_module(name)


def again(name: str) -> float:
    """The seconds that the module takes when only it is not loaded."""
    held = sys.modules.pop(name)
    begin = time.perf_counter()
    importlib.import_module(name)
    took = time.perf_counter() - begin
    sys.modules[name] = held
    return took


print(max(min(again(name) for _ in range(3)) for name in names))
