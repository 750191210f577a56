"""Which values a notebook hands on, found by reading its cells.

Looks for ``output(x=…)`` of the package `jupyter_flow`, under whatever name it was imported. Where
reading cannot tell (a computed name, a script that is run, the MIME type used by hand) the answer
is None: unknown, not nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .python_cells import parse_cell

#: The MIME type of the bundle that carries values; any language may display it.
VALUE_MIME = "application/vnd.jupyter-flow.value+json"

_PACKAGE, _MODULE, _FUNCTION = "jupyter_flow", "handoff", "output"
_HOMES = (_PACKAGE, f"{_PACKAGE}.{_MODULE}")
_RUNS_OTHER_CODE = ("%run ", "%load ", "get_ipython()")
#: Cell magics whose body is Python of this kernel; what other ones hold is not read.
_PYTHON_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")


def output_names(sources: Iterable[str]) -> frozenset[str] | None:
    """The names of the values that these Python cells hand on, None when that cannot be told."""
    texts = [text for text in sources if _is_python(text)]
    if any(VALUE_MIME in text or _runs_other_code(text) for text in texts):
        return None
    if not any(_PACKAGE in text for text in texts):
        return frozenset()
    try:
        trees = [parse_cell(text) for text in texts if _PACKAGE in text or "(" in text]
    except SyntaxError:
        return None
    modules, functions = _imported(trees)
    names: set[str] = set()
    for tree in trees:
        found = _called(tree, modules, functions)
        if found is None:
            return None
        names |= found
    return frozenset(names)


def _is_python(text: str) -> bool:
    first = text.lstrip()
    return not first.startswith("%%") or first.split(maxsplit=1)[0] in _PYTHON_MAGICS


def _runs_other_code(text: str) -> bool:
    return any(line.lstrip().startswith(_RUNS_OTHER_CODE) for line in text.splitlines())


def _imported(trees: Iterable[ast.Module]) -> tuple[frozenset[str], frozenset[str]]:
    """The names under which the package and its function are known in the notebook."""
    modules: set[str] = set()
    functions: set[str] = set()
    for part in (part for tree in trees for part in ast.walk(tree)):
        match part:
            case ast.Import(names=names):
                modules |= {a.asname or a.name for a in names if a.name in _HOMES}
            case ast.ImportFrom(module=home, names=names) if home in _HOMES:
                functions |= {a.asname or _FUNCTION for a in names if a.name in (_FUNCTION, "*")}
                modules |= {a.asname or a.name for a in names if a.name == _MODULE}
    return frozenset(modules), frozenset(functions)


def _called(
    tree: ast.Module, modules: frozenset[str], functions: frozenset[str]
) -> set[str] | None:
    """The names in the calls of *tree*; None when the function is used in any other way."""

    homes = modules | {f"{module}.{_MODULE}" for module in modules}

    def is_ours(part: ast.AST) -> bool:
        match part:
            case ast.Name(id=name, ctx=ast.Load()):
                return name in functions
            case ast.Attribute(value=home, attr=attr) if attr == _FUNCTION:
                return ast.unparse(home) in homes
        return False

    names: set[str] = set()
    uses = calls = 0
    for part in ast.walk(tree):
        uses += is_ours(part)
        if isinstance(part, ast.Call) and is_ours(part.func):
            calls += 1
            given = [keyword.arg for keyword in part.keywords]
            if part.args or None in given:
                return None
            names |= {name for name in given if name is not None}
    return names if uses == calls else None
