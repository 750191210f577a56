"""The language of flows: text to `Flow` and back, never executed.

read(text, line=…)    the flow in a cell, every mistake, and where each thing stands
format_flow(flow)     the cell for a flow; reading it gives the same flow
OPTIONS, CODES        all options and all mistakes, for documentation and for help
"""

from __future__ import annotations

from .checks import check
from .codes import CODES, Code
from .durations import read_duration, write_duration
from .findings import Spans
from .formatting import format_flow, in_reading_order
from .line import is_flow_name
from .option_reading import (
    read_flow_options,
    read_task_options,
    write_flow_options,
    write_task_options,
)
from .option_specs import OPTIONS, OptionSpec
from .reading import Reading, read

__all__ = [
    "CODES",
    "OPTIONS",
    "Code",
    "OptionSpec",
    "Reading",
    "Spans",
    "check",
    "format_flow",
    "in_reading_order",
    "is_flow_name",
    "read",
    "read_duration",
    "read_flow_options",
    "read_task_options",
    "write_duration",
    "write_flow_options",
    "write_task_options",
]
