"""How what every environment has on a cluster is called: by who writes it, and by who looks for it."""

from __future__ import annotations

#: The ConfigMap of an environment, and its annotation that holds the commit.
ENVIRONMENT = "jeyn"
COMMIT = "jeyn.dev/commit"
#: The ConfigMap of the Dapr components, and the Secret that their variables come from; nothing here writes it.
COMPONENTS = "jeyn-components"
SECRETS = "jeyn-secrets"
#: The label of a namespace that says which pods it takes, and what keeps all privileges from them.
ENFORCE, RESTRICTED = "pod-security.kubernetes.io/enforce", "restricted"
#: Service accounts: of pods, and of what starts a pipeline.
PODS = "jeyn"
STARTER = "jeyn-starter"
