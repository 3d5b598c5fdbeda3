"""The build-time half of Jeyn: documents to typed code. Never part of a step's image."""
