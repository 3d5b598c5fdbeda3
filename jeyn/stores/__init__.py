"""What a data scientist holds in hand: batches, checkpoints, reports, and the stores that save them."""
