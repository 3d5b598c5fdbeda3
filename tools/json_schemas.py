"""Write the JSON Schemas that are shipped with the generator, anew.

python tools/json_schemas.py
"""

from __future__ import annotations

from pathlib import Path

import jeyn_gen.schemas
from jeyn_gen.schemas.documents import schema_files

if __name__ == "__main__":
    folder = Path(jeyn_gen.schemas.__file__).parent
    for name, text in schema_files().items():
        (folder / name).write_text(text, encoding="utf-8")
