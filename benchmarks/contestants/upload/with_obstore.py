"""The floor: upload FILE with obstore alone, as URL/file."""

from __future__ import annotations

import sys
from pathlib import Path

import obstore
from obstore.store import from_url

file, url = Path(sys.argv[1]), sys.argv[2]
store = from_url(url)
obstore.put(store, "file", file)
assert obstore.head(store, "file")["size"] == file.stat().st_size
