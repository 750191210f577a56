"""The imperative shell around the machine: it does as it is told, and tells what happened."""
