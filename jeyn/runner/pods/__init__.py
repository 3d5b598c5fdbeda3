"""A run on a cluster, whose steps are pods of their own: how each begins, what it hands on, how it ends."""
