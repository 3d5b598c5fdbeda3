"""The real kubectl."""

from built_validators import kubectl

__all__ = ["kubectl"]
