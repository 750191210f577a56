"""Products of Ploomber's tasks: files, sets of files, and tables. Values only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any


def each_path(product: Any, change: Callable[[str], str]) -> Any:
    """*product* with every path in it changed; tables stay."""
    if isinstance(product, dict):
        return {key: each_path(inner, change) for key, inner in product.items()}
    return change(product) if isinstance(product, str) else product


def below(folder: Path, product: Any) -> Any:
    """*product* with its paths below *folder*."""
    return each_path(product, lambda path: (folder / path).as_posix())


def named(product: Any, template: Callable[[str], str]) -> Any:
    """A product as a template of SQL or of a shell shows it: a table by its name, a file's path."""
    if isinstance(product, dict):
        return {key: named(each, template) for key, each in product.items()}
    if isinstance(product, list):
        schema, table = table_of(product)
        return template(".".join(filter(None, (schema, table))))
    return template(product) if isinstance(product, str) else product


def table_of(product: Any) -> tuple[str, str]:
    """The schema, which may be empty, and the name in ``[schema, name, kind]``."""
    parts = [str(each or "") for each in product] if isinstance(product, list) else [str(product)]
    return ("", [*parts, ""][0]) if len(parts) < 3 else (parts[0], parts[1])


def report_in(product: Any, key: object) -> str:
    """Where Ploomber keeps the executed notebook: the product *key*, or the only one there is."""
    path = product.get(str(key or "nb")) if isinstance(product, dict) else product
    return path if isinstance(path, str) and PurePosixPath(path).suffix else ""
