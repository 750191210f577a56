"""Flows and runs drawn: as SVG for a page, in characters for a terminal. Nothing is opened."""
