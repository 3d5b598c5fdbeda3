"""What a new repository begins with."""
