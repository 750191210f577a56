"""The project on disk: finding notebooks, reading them without running anything, tagging them.

Everything else of the package gets values from here (`Notebook`, `Shelf`, `FlowCell`) and opens no
notebook itself.
"""

from __future__ import annotations

from .projects import Project, Scan
from .reading import FlowCell
from .snapshots import Snapshots

__all__ = ["FlowCell", "Project", "Scan", "Snapshots"]
