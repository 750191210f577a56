"""Ploomber's grids: one entry of a pipeline that stands for many tasks.

Names, parameters and products come out as Ploomber makes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import PurePosixPath
from typing import Any


def entries_of(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tasks that *entry* stands for: itself when it has no grid.

    Raises ValueError, with why, when that cannot be known without running the pipeline.
    """
    if "grid" not in entry:
        return [dict(entry)]
    if "name" not in entry:
        raise ValueError("it has a grid and no name")
    rest = {key: value for key, value in entry.items() if key != "grid"}
    made: list[dict[str, Any]] = []
    for index, params in enumerate(_combined(entry["grid"])):
        name = str(entry["name"])
        name = _filled(name, params) if "[[" in name else f"{name}{index}"
        made.append(
            {
                **rest,
                "name": name,
                "params": {**(entry.get("params") or {}), **params},
                "product": _product(entry.get("product"), index, params, name),
            }
        )
    return made


def _combined(grid: Any) -> Iterator[dict[str, Any]]:
    for each in grid if isinstance(grid, list) else [grid]:
        if not isinstance(each, dict):
            raise ValueError(f"its grid is {each!r}, which is no set of parameters")  # noqa: TRY004
        lists = [_values(value) for value in each.values()]
        for chosen in product(*lists):
            yield dict(zip(each, chosen, strict=True))


def _values(value: Any) -> list[Any]:
    if isinstance(value, dict) and "dotted_path" in value:
        raise ValueError("its grid is made by a function, which an import does not call")
    return value if isinstance(value, list) else [value]


def _product(said: Any, index: int, params: Mapping[str, Any], name: str) -> Any:
    if isinstance(said, dict):
        return {key: _product(each, index, params, name) for key, each in said.items()}
    if isinstance(said, list):
        place = 0 if len(said) < 3 else 1
        return [f"{each}-{index}" if at == place else each for at, each in enumerate(said)]
    if not isinstance(said, str):
        return said
    path = PurePosixPath(re.sub(r"\{\{\s*name\s*\}\}", name, said))
    suffix = "".join(path.suffixes)
    stem = path.name.removesuffix(suffix)
    return _filled(str(path.with_name(f"{stem}-{index}{suffix}")), params)


def _filled(text: str, params: Mapping[str, Any]) -> str:
    return re.sub(r"\[\[\s*(\w+)\s*\]\]", lambda match: str(params.get(match[1], match[0])), text)
