"""What judges manifests."""

from __future__ import annotations

from built_validators import argolint, kubectl, schemas

__all__ = ["argolint", "kubectl", "schemas"]
