"""Libraries that a format needs, and what to say when one is not there."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def needed(module: str) -> Any:
    """The module, loaded now. Raises ImportError that says how to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        extra = "pip install 'jupyterlab-flow[artifacts]'" if library == "pyarrow" else ""
        how = extra or f"pip install {library}"
        raise ImportError(
            f"this artifact needs {library}, which this kernel's environment cannot load "
            f"({error}): {how}"
        ) from error
