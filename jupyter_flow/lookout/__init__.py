"""A worker: looks for files, answers and rows that tasks wait for. See `tower.Tower`."""
