"""Findings: where, what, why, and the fix."""
