"""Notebooks made in a line, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_notebook(
    path: Path,
    *cells: str,
    parameters: str | None = None,
    task: str | None = None,
    kernel: str | None = "python3",
    language: str = "python",
    tag: Mapping[str, Any] | None = None,
) -> Path:
    """Write a notebook with code *cells* to *path*, and return it.

    *parameters* is the source of a first cell tagged ``parameters``; *task* tags the notebook as a
    task, with the options of *tag*. *kernel* None leaves the kernelspec out.
    """
    sources: list[tuple[str, list[str]]] = [(cell, []) for cell in cells]
    if parameters is not None:
        sources.insert(0, (parameters, ["parameters"]))
    metadata: dict[str, Any] = {"language_info": {"name": language}}
    if kernel is not None:
        metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": language}
    if task is not None:
        metadata["jupyter_flow"] = {"task": task, **(tag or {})}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": metadata,
        "cells": [
            {
                "id": f"cell-{place}",
                "cell_type": "code",
                "metadata": {"tags": tags} if tags else {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for place, (source, tags) in enumerate(sources, start=1)
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1) + "\n", encoding="utf-8")
    return path
