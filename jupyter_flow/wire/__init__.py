"""JSON shapes: how the core's values are written down, in one place for the store and the faces."""
