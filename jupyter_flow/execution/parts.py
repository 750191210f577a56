"""nbformat, with types: the few things we ask of it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode, v4


def part(**fields: Any) -> NotebookNode:
    """A part of a notebook."""
    return NotebookNode(**fields)  # type: ignore[no-untyped-call]


def stream_output(name: str, text: str) -> NotebookNode:
    """Text on stdout or stderr, as an output."""
    return _as_part(v4.new_output("stream", name=name, text=text))  # type: ignore[no-untyped-call]


def output_of(message: Mapping[str, Any]) -> NotebookNode:
    """The output that a published message is."""
    return _as_part(v4.output_from_msg(message))  # type: ignore[no-untyped-call]


def code_cell(source: str, *, tag: str) -> NotebookNode:
    """A new code cell."""
    return _as_part(v4.new_code_cell(source=source, metadata={"tags": [tag]}))  # type: ignore[no-untyped-call]


def read(text: str) -> NotebookNode:
    """A notebook of any version, as one of today's.

    Raises ValueError, KeyError or AttributeError for what is no notebook.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd notebook is run as far as it can be
        notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        upgraded = v4.upgrade(notebook)  # type: ignore[no-untyped-call]
    return _as_part(notebook if upgraded is None else upgraded)


def write(notebook: NotebookNode) -> str:
    """The notebook's text, laid out as Jupyter does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd notebook is the author's; it is kept as it is
        return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def _as_part(value: Any) -> NotebookNode:
    if isinstance(value, NotebookNode):
        return value
    if isinstance(value, dict):  # what comes from version 3 is of a class of its own
        return _as_part(nbformat.from_dict(value))  # type: ignore[no-untyped-call]
    raise ValueError("it is no notebook")
