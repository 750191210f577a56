"""The notebooks that ship with the package: what tasks of the other kinds are executed as."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jupyter_flow.core.flow import Kind


def notebooks_of_kinds() -> Mapping[str, Path]:
    """The notebook of each kind of task that has one, by the kind's name."""
    kinds = (Kind.PYTHON, Kind.SQL, Kind.HTTP, Kind.SHELL)
    return {kind.value: Path(__file__).with_name(f"{kind.value}.ipynb") for kind in kinds}
