"""What is not collected: torch is large, nothing else needs it, and it is installed only by who uses it."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else ["test_safetensors_of_torch.py"]
