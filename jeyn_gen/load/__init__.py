"""YAML documents to values of `jeyn.model`, with the place of every node, all errors at once."""
