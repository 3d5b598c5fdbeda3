"""The only writer of `generated/`."""
