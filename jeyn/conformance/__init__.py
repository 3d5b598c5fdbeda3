"""Data against a catalog: Arrow types, vectorised checks, and the digest of what the data is."""
