"""Pipelines of other tools as flows: Elyra's and Ploomber's.

Reads what the other tool keeps, without running any of it, and gives an `Import`: the flow, the
notebooks that have to be written for it, and what could not be carried over. `write` puts that
into a folder. Changes no file of the pipeline.
"""

from __future__ import annotations

from .elyra import read_elyra
from .imported import Copy, Import, Note
from .ploomber import read_ploomber
from .writing import write

__all__ = ["Copy", "Import", "Note", "read_elyra", "read_ploomber", "write"]
