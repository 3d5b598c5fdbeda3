"""The most memory, in bytes, that the process had while Jeyn saved a stream of GIB in FOLDER."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from catalog import CATALOG, MEANING
from wide import ROW_BYTES, stream

from jeyn.adapters.folder import FolderBlobStore
from jeyn.stores.dataset_store import write_rows


def most_memory() -> int:
    """The kernel's high-water mark; `getrusage` may hold that of the process which started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


size = int(float(sys.argv[2]) * 2**30)
_, _, found = write_rows(stream(size), CATALOG, MEANING, FolderBlobStore(Path(sys.argv[1]) / "blobs"))
assert found["rows"] == size // ROW_BYTES
print(most_memory())
