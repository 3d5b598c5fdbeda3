"""Model objects to a checkpoint's bytes and back, chosen from one table."""
