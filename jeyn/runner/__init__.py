"""Runs pipelines on this machine, and single steps as a pod does."""
