"""Pure: definitions to the text of generated files."""
