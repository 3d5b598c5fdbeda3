"""The floor of reading documents: libyaml's events of every document below the working folder."""

from __future__ import annotations

from pathlib import Path

import yaml

for path in sorted(Path().rglob("*.yaml")):
    for _ in yaml.parse(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
        pass
