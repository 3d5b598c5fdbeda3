"""Production ML in git: typed inputs and outputs, recorded artefacts, lineage to a commit."""
