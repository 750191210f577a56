"""nbformat, with types: the few things we ask of it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

#: What an output has of the message that it was.
_FIELDS = {
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}


def part(**fields: Any) -> NotebookNode:
    """A part of a notebook."""
    return NotebookNode(**fields)  # type: ignore[no-untyped-call]


def stream_output(name: str, text: str) -> NotebookNode:
    """Text on stdout or stderr, as an output."""
    return part(output_type="stream", name=name, text=text)


def output_of(message: Mapping[str, Any]) -> NotebookNode:
    """The output that a published message is: a display, a result or an error."""
    kind = message["msg_type"]
    return _as_part({"output_type": kind, **{k: message["content"][k] for k in _FIELDS[kind]}})


def code_cell(source: str, *, tag: str) -> NotebookNode:
    """A new code cell."""
    return _as_part(v4.new_code_cell(source=source, metadata={"tags": [tag]}))  # type: ignore[no-untyped-call]


def read(text: str) -> NotebookNode:
    """A notebook of any version, as one of today's.

    Raises ValueError, KeyError or AttributeError for what is no notebook.
    """
    plain = json.loads(text)
    if isinstance(plain, dict) and _version(plain) == (v4.nbformat, v4.nbformat_minor):
        return _as_part(v4.rwbase.rejoin_lines(_as_part(plain)))  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd notebook is run as far as it can be
        notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        upgraded = v4.upgrade(notebook)  # type: ignore[no-untyped-call]
    return _as_part(notebook if upgraded is None else upgraded)


def write(notebook: NotebookNode) -> str:
    """The notebook's text, one line for each cell.

    Jupyter's own layout, a line for each value, takes twenty times as long for a large notebook.
    """
    cells = ",\n".join(map(_dumps, notebook.cells))
    rest = ",\n".join(
        f"{_dumps(name)}: {_dumps(value)}" for name, value in notebook.items() if name != "cells"
    )
    return f'{{"cells": [\n{cells}\n],\n{rest}}}\n'


def _version(notebook: Mapping[str, Any]) -> tuple[Any, Any]:
    return notebook.get("nbformat"), notebook.get("nbformat_minor")


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _as_part(value: Any) -> NotebookNode:
    if isinstance(value, NotebookNode):
        return value
    if isinstance(value, dict):  # what comes from version 3 is of a class of its own
        return _as_part(nbformat.from_dict(value))  # type: ignore[no-untyped-call]
    raise ValueError("it is no notebook")
