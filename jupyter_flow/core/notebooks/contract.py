"""The contract of a notebook's parameters cell: names, types, defaults, help.

Read with `ast` from the cell tagged ``parameters`` and never executed. An annotation without a
value is a required parameter, a trailing comment is its help. Only what the cell assigns at its
top level is a parameter.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from jupyter_flow.core.errors import Problem, Where

from .parameter_types import type_of
from .python_cells import comments_of, parse_cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a notebook.

    ``type`` is the annotation's text, or the type that the default has; "" when neither tells.
    ``default`` is the text of the default, None when the parameter is required. ``is_annotated``
    tells a type that was declared from one that was guessed from the default.
    """

    name: str
    type: str = ""
    default: str | None = None
    help: str = ""
    is_annotated: bool = False

    @property
    def is_required(self) -> bool:
        """Whether a task must give it, because the notebook does not."""
        return self.default is None

    @property
    def accepts(self) -> str:
        """The type that values are held to: the declared one, and None where that is the default.

        A default only hints at a type: ``alpha = 1`` takes 0.5 too, and None is left to the
        notebook.
        """
        if self.is_annotated or not self.type:
            return f"{self.type} | None" if self.type and self.default == "None" else self.type
        guessed = "int | float" if self.type in ("int", "float") else self.type
        return f"{guessed} | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """All parameters of a notebook, in their order.

    ``has_cell`` is False when no cell is tagged ``parameters``: then nothing is known and nothing
    is refused. ``is_checked`` is False for languages whose types we do not read, and for a cell
    that is no Python; ``problems`` then says why (its places are lines of that cell).
    """

    parameters: tuple[Parameter, ...] = ()
    has_cell: bool = False
    is_checked: bool = True
    problems: tuple[Problem, ...] = ()

    def get(self, name: str) -> Parameter | None:
        """The parameter called *name*, if there is one."""
        return next((each for each in self.parameters if each.name == name), None)

    @property
    def types(self) -> dict[str, str]:
        """What the parameters accept, by name, as far as anything is known."""
        return {each.name: each.accepts for each in self.parameters if each.accepts}


def contract_of(source: str | None, language: str = "python") -> Contract:
    """The contract of the parameters cell *source*; None says that there is no such cell.

    Nothing is known of the cells of other languages: their contract is not checked.
    """
    is_python = language.lower() in ("python", "python3", "ipython")
    if source is None or not is_python:
        return Contract(has_cell=source is not None, is_checked=is_python)
    try:
        tree = parse_cell(source)
    except SyntaxError as error:
        problem = _unreadable(source, error)
        return Contract(has_cell=True, is_checked=False, problems=(problem,))
    comments = comments_of(source)
    found: dict[str, Parameter] = {}
    for statement in tree.body:
        for parameter in _parameters(statement, comments):
            before = found.get(parameter.name)
            found[parameter.name] = _later(before, parameter) if before else parameter
    return Contract(parameters=tuple(found.values()), has_cell=True)


def _parameters(statement: ast.stmt, comments: Mapping[int, str]) -> Iterator[Parameter]:
    declared, text = _comment_of(statement, comments)
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            yield Parameter(
                name=name,
                type=_annotation_text(annotation),
                default=None if value is None else ast.unparse(value),
                help=text,
                is_annotated=True,
            )
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                for name, part in _assigned(target, value):
                    yield Parameter(
                        name=name,
                        type=declared or _guessed(part),
                        default=ast.unparse(part),
                        help=text,
                        is_annotated=bool(declared),
                    )


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names that an assignment binds, each with its part of the value where that is plain."""
    match target:
        case ast.Name(id=name):
            yield name, value
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            values = [value] * len(parts)
            if isinstance(value, ast.Tuple | ast.List):
                is_plain = not any(isinstance(p, ast.Starred) for p in (*parts, *value.elts))
                if is_plain and len(parts) == len(value.elts):
                    values = value.elts
            for part, its_value in zip(parts, values, strict=True):
                yield from _assigned(part, its_value)
        case ast.Starred(value=inner):
            yield from _assigned(inner, value)


def _later(before: Parameter, after: Parameter) -> Parameter:
    """The same name twice: the last default counts, what was declared of it stays."""
    default = before.default if after.default is None else after.default
    declares = after.is_annotated or not before.is_annotated
    return replace(
        after,
        type=after.type if declares else before.type,
        is_annotated=after.is_annotated or before.is_annotated,
        default=default,
        help=after.help or before.help,
    )


def _guessed(value: ast.expr) -> str:
    try:
        return type_of(ast.literal_eval(value))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return ""


def _annotation_text(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.strip()
    return ast.unparse(annotation)


#: What comments tell to tools, not to people.
_FOR_TOOLS = re.compile(
    r"\s*#?\s*(type:\s*ignore(\[[^\]]*\])?|noqa(:\s*[A-Z]+\d+([,\s]+[A-Z]+\d+)*)?"
    r"|(fmt|isort|yapf|pragma|pylint|mypy|pyright|ruff):\s*[^#]*)\s*(?=#|$)"
)
_TYPE_COMMENT = re.compile(r"type:\s*(?P<type>[\w.]+(\[[^#]*\])?)\s*#?\s*(?P<rest>.*)")


def _comment_of(statement: ast.stmt, comments: Mapping[int, str]) -> tuple[str, str]:
    """The type that a ``# type:`` comment declares, and what is left for people."""
    last, first = statement.end_lineno or statement.lineno, statement.lineno
    text = comments.get(last) or comments.get(first) or ""
    text = _FOR_TOOLS.sub("", text).strip().lstrip("#").strip()
    declared = _TYPE_COMMENT.fullmatch(text)
    return (declared["type"], declared["rest"].strip()) if declared else ("", text)


def _unreadable(source: str, error: SyntaxError) -> Problem:
    lines = source.split("\n")
    line = error.lineno if error.lineno is not None and error.lineno <= len(lines) else None
    where = Where(
        line=line,
        column=max(0, error.offset - 1) if line is not None and error.offset else None,
        text=lines[line - 1] if line is not None else "",
    )
    return Problem(
        code="JF216",
        what=f"the parameters cell is no Python: {error.msg}",
        hint="Mend the cell; until then its parameters cannot be checked.",
        where=where,
    )
