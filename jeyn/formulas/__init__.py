"""The four recipes: how batches of a dataset are made."""
