"""Finding daprd on this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from jeyn.errors import AskError


def find_daprd() -> str:
    """The path of daprd: what JEYN_DAPRD names, else what is on PATH, else what the Dapr CLI installed; or AskError."""
    named = os.environ.get("JEYN_DAPRD", "")
    if named:
        if not os.access(named, os.X_OK):
            raise AskError(f"JEYN_DAPRD names {named}, which is no program")
        return named
    installed = Path.home() / ".dapr" / "bin" / "daprd"  # where `dapr init --slim` puts it
    found = shutil.which("daprd") or (str(installed) if os.access(installed, os.X_OK) else "")
    if not found:
        raise AskError(
            "this environment keeps its record behind Dapr, and daprd is not on this machine",
            "install it with `dapr init --slim`, name it in JEYN_DAPRD, or start a sidecar and set DAPR_GRPC_PORT",
        )
    return found
