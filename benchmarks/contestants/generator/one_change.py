"""Seconds that `jeyn generate` takes in FOLDER beyond importing the class generator: `python one_change.py FOLDER`."""

from __future__ import annotations

import subprocess
import sys
import time


def seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, cwd=sys.argv[1], stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


whole = seconds("-m", "jeyn", "generate")
print(whole - seconds("-c", "import datamodel_code_generator.parser.jsonschema"))
