"""The least that a project needs for an environment that runs pods."""

from __future__ import annotations

PROJECT = """\
[tool.jeyn]
project = "tried"

[tool.jeyn.environments.production]
namespace = "tried"
image = "registry.example/tried"
state_store = "ledger"
components = "components/production"
blobs = "s3://tried"
argocd = {repository = "https://git.example/tried"}
"""
#: The file of its component, and what is in it.
FILE = "components/production/ledger.yaml"
LEDGER = """\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ledger}
spec:
  type: state.redis
  version: v1
"""
