"""What the parts promise each other: one Protocol a file, nothing else."""
