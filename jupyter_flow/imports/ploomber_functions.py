"""Functions of Ploomber's pipelines: notebooks that call them, and what their source says.

Where a serializer is set, functions get objects and give back objects; the notebook then reads and
writes them as Ploomber does. Imports and calls nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .scripts import KERNELS, code, markdown, notebook_of

_PRODUCT = """

def _product(path):
    if isinstance(path, dict):
        return MetaProduct({name: File(each) for name, each in path.items()})
    return File(path)
"""
_READ = """

def _read(word, path):
    if "*" in word:
        return {{name: {function}(_product(each)) for name, each in path.items()}}
    return {function}(_product(path))


upstream = {{word: _read(word, path) for word, path in upstream.items()}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serializers:
    """The functions, ``module.name``, that write what functions give back, and that read it."""

    write: str = ""
    read: str = ""


def is_dotted(source: object) -> bool:
    """Whether *source* is ``module.function``, or ``module::function``."""
    parts = dotted(str(source)).split(".")
    return len(parts) > 1 and all(part.isidentifier() for part in parts)


def dotted(source: str) -> str:
    """*source* with dots alone."""
    return source.replace("::", ".")


def notebook_calling(
    function: str, names: Collection[str], serializers: Serializers
) -> dict[str, Any]:
    """A notebook that calls *function* with its parameters *names*.

    ``product`` is no parameter where what the function gives back is written for it.
    """
    spec = KERNELS["python"]
    parameters = dict.fromkeys([*names, "product"])
    cells = [
        markdown(f"Calls `{function}`."),
        code("\n".join(f"{each} = None" for each in parameters), "parameters"),
        code(_call(function, names, serializers)),
    ]
    return notebook_of(cells, {"kernelspec": spec, "language_info": {"name": "python"}})


def _call(function: str, names: Collection[str], serializers: Serializers) -> str:
    is_read = bool(serializers.read) and "upstream" in names
    used = [function, *([serializers.write] if serializers.write else [])]
    used += [serializers.read] if is_read else []
    imports = [_import(each) for each in used]
    call = f"{_last(function)}({', '.join(f'{each}={each}' for each in names)})"
    if len(used) == 1:
        return f"{imports[0]}\n\n{call}"
    head = "\n".join(["from ploomber.products import File, MetaProduct", "", *sorted(imports)])
    read = _READ.format(function=_last(serializers.read)) if is_read else ""
    write = f"{_last(serializers.write)}({call}, _product(product))" if serializers.write else call
    return f"{head}\n{_PRODUCT}{read}\n{write}"


def computing(values: Mapping[str, str], up: str) -> str:
    """The cell that computes parameters: *values* has the function for each, found *up* there."""
    lines = [f"from {_module(f)} import {_last(f)} as _{_last(f)}" for f in values.values()]
    calls = [f"{name} = _{_last(f)}(**{name})" for name, f in values.items()]
    said = "# Ploomber calls these when it reads the pipeline; here the task does."
    way = ["import sys", "", f"sys.path.append({up!r})"] if up else []
    return "\n".join([said, *way, *dict.fromkeys(lines), "", *calls])


def _import(function: str) -> str:
    return f"from {_module(function)} import {_last(function)}"


def _module(function: str) -> str:
    return dotted(function).rpartition(".")[0]


def _last(function: str) -> str:
    return dotted(function).rpartition(".")[2]


def upstream_in_function(text: str, name: str) -> list[str] | None:
    """The keys that the function *name* in *text* takes of ``upstream``; None without it."""
    found = _function(text, name)
    return None if found is None else list(dict.fromkeys(_keys(found)))


def parameters_in_function(text: str, name: str) -> list[str] | None:
    """The names that the function *name* in *text* takes; None when that is not known."""
    found = _function(text, name)
    if found is None or found.args.kwarg is not None:
        return None
    return [each.arg for each in (*found.args.args, *found.args.kwonlyargs)]


def _function(text: str, name: str) -> ast.FunctionDef | None:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    named = (part for part in tree.body if isinstance(part, ast.FunctionDef) and part.name == name)
    return next(named, None)


def _keys(function: ast.FunctionDef) -> Iterator[str]:
    for part in ast.walk(function):
        match part:
            case ast.Subscript(value=ast.Name(id="upstream"), slice=ast.Constant(value=str(key))):
                yield key
