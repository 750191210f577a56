"""The composition root and the use-cases; faces import from here and nothing deeper."""

from .flows import CheckedFlow, Flows
from .wiring import open_flows

__all__ = ["CheckedFlow", "Flows", "open_flows"]
