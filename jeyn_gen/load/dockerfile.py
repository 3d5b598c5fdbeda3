"""The stages of a project's Dockerfile, which steps may name. https://docs.docker.com/reference/dockerfile/#from"""

from __future__ import annotations

import re
from pathlib import Path

#: Where CI builds images from.
DOCKERFILE = "Dockerfile"
_CONTINUED = re.compile(r"\\[ \t]*\r?\n")
_STAGE = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*\S+[ \t]+AS[ \t]+(\S+)", re.IGNORECASE | re.MULTILINE)


def stages(root: Path) -> list[str] | None:
    """Their names in lower case, as Docker compares them; None without a Dockerfile that can be read."""
    try:
        text = (root / DOCKERFILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return [name.lower() for name in _STAGE.findall(_CONTINUED.sub(" ", text))]
