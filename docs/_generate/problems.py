"""The error codes: the tree of classes, the tables of the checks, and what the rest says.

Codes without a table of their own are collected from the source, with the words that are raised.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import jupyter_flow
from jupyter_flow.core import errors as tree
from jupyter_flow.core.language.codes import CODES as LANGUAGE
from jupyter_flow.core.resolve.codes import CODES as NOTEBOOKS

from .tables import table


def errors() -> str:
    """The error classes, the general ones first."""
    rows = (
        (f"`{kind.__name__}`", kind.code, str(kind.exit_status), str(kind.http_status), _line(kind))
        for kind in _tree(tree.FlowError)
    )
    return table(("class", "code", "exit status", "HTTP status", "meaning"), rows)


def problems() -> str:
    """The codes of mistakes in flows and in notebooks."""
    known = {**LANGUAGE, **NOTEBOOKS}
    rows = ((code, f"*{entry.title}*", entry.explanation) for code, entry in sorted(known.items()))
    return table(("code", "mistake", "explanation"), rows)


def others() -> str:
    """All other codes, with what is said."""
    known = {*LANGUAGE, *NOTEBOOKS, *(kind.code for kind in _tree(tree.FlowError))}
    said: dict[str, set[str]] = {}
    for path in Path(jupyter_flow.__file__).parent.rglob("*.py"):
        for code, words in _raised(ast.parse(path.read_text(encoding="utf-8"))):
            if code not in known:
                said.setdefault(code, set()).add(words)
    rows = ((code, "; ".join(sorted(words))) for code, words in sorted(said.items()))
    return table(("code", "what it says"), rows)


def _tree(kind: type[tree.FlowError]) -> Iterator[type[tree.FlowError]]:
    yield kind
    for each in kind.__subclasses__():
        if each.__module__ == tree.__name__:
            yield from _tree(each)


def _line(kind: type) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


def _raised(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Pairs of a code and the words that go with it: of calls, and of classes of errors."""
    for part in ast.walk(module):
        match part:
            case ast.Call(args=[words, *_], keywords=keywords):
                for keyword in keywords:
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                        yield str(keyword.value.value), _words(words)
            case ast.ClassDef(body=body):
                for line in body:
                    match line:
                        case ast.Assign(
                            targets=[ast.Name(id="code")], value=ast.Constant(value=str(code))
                        ):
                            yield code, (ast.get_docstring(part) or "").partition("\n")[0]


def _words(expression: ast.expr) -> str:
    match expression:
        case ast.Constant(value=value):
            return str(value)
        case ast.JoinedStr(values=values):
            return "".join(_words(each) for each in values)
        case ast.BinOp(left=left, right=right):
            return _words(left) + _words(right)
        case _:
            return "…"
