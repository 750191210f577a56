"""A function given to a task in Python: its source, which travels with the flow.

The task runs elsewhere and later, in a kernel that has the source and nothing else. So what the
function uses must be in it, or be passed to it, and what is not so is refused. Nothing is called.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import symtable
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from textwrap import dedent
from types import ModuleType
from typing import Any

from jupyter_flow.core.errors import DefinitionError, Problem

#: What a module has without defining it.
_ALWAYS_THERE = {*dir(builtins), "__name__", "__file__"}


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """A function as text: where it is from (``module:name``), and its source, which defines it."""

    function: str
    source: str


def source_of(function: Callable[..., Any], arguments: Collection[str] = ()) -> FunctionSource:
    """The source of *function*, which is to be called with *arguments* by name.

    Raises:
        DefinitionError: it is not made by ``def``, its source is nowhere, it yields, it takes
            other arguments, or it uses names that are outside of it.
    """
    plain = inspect.unwrap(function)
    if not inspect.isfunction(plain):
        what = f"{function!r} is no function that can travel with a flow"
        raise _refused(what, "Give one that is made by `def`.")
    name = plain.__name__
    if name == "<lambda>":
        raise _refused("a lambda has no name, and its source cannot travel", "Write a `def`.")
    if inspect.isgeneratorfunction(plain) or inspect.isasyncgenfunction(plain):
        what = f"{name}() is a generator: a task hands on what a function returns"
        raise _refused(what, "Return a list.")
    if plain.__code__.co_freevars:
        used = ", ".join(plain.__code__.co_freevars)
        what = f"{name}() uses {used} of the function around it, which does not travel with it"
        raise _refused(what, f"Pass it: python({name}, {plain.__code__.co_freevars[0]}=…).")
    problem = _wrong_arguments(plain, arguments)
    if problem is not None:
        raise DefinitionError([problem])
    source = _text_of(plain)
    problems = [_missing(plain, each) for each in sorted(outside_names(source))]
    if problems:
        raise DefinitionError(problems)
    return FunctionSource(f"{plain.__module__}:{name}", source)


def outside_names(source: str) -> set[str]:
    """The names that the function in *source* uses and does not define; annotations aside."""
    tree = _Bare().visit(ast.parse(source))
    table = symtable.symtable(ast.unparse(tree), "<function>", "exec")
    defined = {each.get_name() for each in table.get_symbols() if each.is_assigned()}
    return {
        symbol.get_name()
        for scope in _scopes(table)
        for symbol in scope.get_symbols()
        if symbol.is_referenced() and (scope is table or symbol.is_global())
    } - (defined | _ALWAYS_THERE)


class _Bare(ast.NodeTransformer):
    """Takes annotations away: the source is compiled so that they stay text."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)


def _text_of(function: Callable[..., Any]) -> str:
    name = function.__name__
    try:
        source = dedent(inspect.getsource(function))
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        what = f"the source of {name}() cannot be found"
        raise _refused(what, "Define it in a notebook's cell or in a file.") from None
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef | ast.AsyncFunctionDef):
        raise _refused(f"the source of {name}() is more than a `def`", "Write a `def` of its own.")
    return source


def _wrong_arguments(function: Callable[..., Any], given: Collection[str]) -> Problem | None:
    signature = inspect.signature(function)
    for each in signature.parameters.values():
        if each.kind is each.POSITIONAL_ONLY:
            what = f"{function.__name__}() takes {each.name!r} by position, and tasks pass by name"
            return _problem(what, "Take the / out of its parameters.")
    # Without arguments it may be expanded over them.
    bind = signature.bind if given else signature.bind_partial
    try:
        bind(**dict.fromkeys(given))
    except TypeError as error:
        hint = f"It is {function.__name__}{signature}."
        return _problem(f"{function.__name__}() cannot be called so: {error}", hint)
    return None


def _missing(function: Any, name: str) -> Problem:
    value = function.__globals__.get(name)
    what = f"{function.__name__}() uses {name!r}, which is outside of it and does not travel"
    if isinstance(value, ModuleType):
        module = value.__name__
        hint = f"Import it inside: import {module}" + f" as {name}" * (module != name) + "."
    elif re.search(rf"^@.*\b{re.escape(name)}\b", _text_of(function), re.MULTILINE):
        hint = 'Take the decorator away, or give "package.module:function".'
    elif callable(value) and getattr(value, "__module__", "__main__") != "__main__":
        hint = f"Import it inside: from {value.__module__} import {name}."
    elif callable(value):
        hint = f"Define {name} inside of {function.__name__}()."
    else:
        hint = f"Pass it: python({function.__name__}, {name}=…)."
    return _problem(what, hint)


def _problem(what: str, hint: str) -> Problem:
    return Problem(code="JF113", what=what, hint=hint)


def _refused(what: str, hint: str) -> DefinitionError:
    return DefinitionError([_problem(what, hint)])
