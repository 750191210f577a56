"""Notebooks as tasks, known by reading: their contract, the types in it, the values they make."""
