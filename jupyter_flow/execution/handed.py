"""Files of earlier attempts, as later ones are given them: by paths among their parameters."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def files_of_runs(parameters: Mapping[str, Any], home: Path) -> Iterator[str]:
    """The paths in *parameters* that lead to where runs write in *home*, there or not."""
    runs = f"{home / 'runs'}{os.sep}"
    for each in all_in(parameters):
        is_path = isinstance(each, str | Path) and str(each).startswith(runs)
        if is_path and ".." not in Path(each).parts:  # those may lead to what is no file of a run
            yield str(each)


def with_paths(value: Any, moved: Mapping[str, str]) -> Any:
    """*value* with each path in it that is among *moved* at its new place."""
    match value:
        case str():
            return moved.get(value, value)
        case Path():
            return Path(moved.get(str(value), value))
        case Mapping():
            return {name: with_paths(each, moved) for name, each in value.items()}
        case list() | tuple():
            return type(value)(with_paths(each, moved) for each in value)
        case _:
            return value


def all_in(value: Any) -> Iterator[Any]:
    """*value*, and all that is in its lists and objects."""
    yield value
    inner = value.values() if isinstance(value, Mapping) else value
    if isinstance(inner, list | tuple) or isinstance(value, Mapping):
        for each in inner:
            yield from all_in(each)
