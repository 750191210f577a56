"""Annotations read as shapes: what `.parameter_types` checks values against.

Reads the text of an annotation with `ast` and resolves no name. What it does not know becomes
`Anything`, so an annotation never refuses a value for being unusual.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from jupyter_flow.core.syntax import parse_expression


@dataclass(frozen=True, slots=True)
class Anything:
    """No type, ``Any``, or one that is not known here; ``text`` is how it was written."""

    text: str = "Any"


@dataclass(frozen=True, slots=True)
class Plain:
    """A type without parts: int, float, str, bool, None, date, datetime, Path or Artifact."""

    name: str


@dataclass(frozen=True, slots=True)
class Container:
    """list, set, or tuple of any length, with all items of one shape."""

    name: str
    item: Shape = Anything()


@dataclass(frozen=True, slots=True)
class TupleType:
    """A tuple with as many items as shapes."""

    items: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class DictType:
    """A dict with keys of one shape and values of one shape."""

    key: Shape = Anything()
    value: Shape = Anything()


@dataclass(frozen=True, slots=True)
class LiteralType:
    """One of these values."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class UnionType:
    """Any of these shapes."""

    members: tuple[Shape, ...]


Shape = Anything | Plain | Container | TupleType | DictType | LiteralType | UnionType

_PLAIN = frozenset(
    {"int", "float", "str", "bool", "None", "NoneType", "date", "datetime", "Path", "Artifact"}
)
_PLAIN_ALIASES = {"NoneType": "None", "PurePath": "Path", "PosixPath": "Path", "PathLike": "Path"}
_CONTAINERS = {
    **dict.fromkeys(("list", "List", "Sequence", "Iterable", "Collection"), "list"),
    **dict.fromkeys(("set", "Set", "frozenset", "FrozenSet"), "set"),
}
_TUPLES = frozenset({"tuple", "Tuple"})
_DICTS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})
#: What only wraps the type it holds.
_WRAPPERS = frozenset({"Final", "ClassVar", "Annotated", "Required", "NotRequired"})


@lru_cache(maxsize=1024)
def shape_of(annotation: str) -> Shape:
    """The shape that an annotation describes. Never fails: what it cannot read is `Anything`."""
    try:
        return _shape(parse_expression(annotation.strip()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Anything(annotation)


def words_of(shape: Shape) -> str:
    """The shape as a person would say it."""
    match shape:
        case Anything(text=text):
            return text
        case Plain(name=name):
            return {
                "date": "a date (like 2026-01-31)",
                "datetime": "a datetime (like 2026-01-31T06:00)",
            }.get(name, name)
        case Container(name=name, item=Anything()):
            return name
        case Container(name=name, item=item):
            return f"{name}[{words_of(item)}{', ...' if name == 'tuple' else ''}]"
        case TupleType(items=items):
            return f"tuple[{', '.join(map(words_of, items))}]"
        case DictType(key=Anything(), value=Anything()):
            return "dict"
        case DictType(key=key, value=value):
            return f"dict[{words_of(key)}, {words_of(value)}]"
        case LiteralType(values=values):
            return _listed([repr(value) for value in values])
        case UnionType(members=members):
            return _listed([words_of(member) for member in members])


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _shape(annotation: ast.expr) -> Shape:
    match annotation:
        case ast.Constant(value=None):
            return Plain("None")
        case ast.Constant(value=str(text)):
            return shape_of(text)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _bare(name, annotation)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _union([_shape(left), _shape(right)])
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return _of_parts(name, parts, annotation)
    return Anything(ast.unparse(annotation))


def _bare(name: str, annotation: ast.expr) -> Shape:
    name = _PLAIN_ALIASES.get(name, name)
    if name in _PLAIN:
        return Plain(name)
    if name in _CONTAINERS:
        return Container(_CONTAINERS[name])
    if name in _TUPLES:
        return Container("tuple")
    return DictType() if name in _DICTS else Anything(ast.unparse(annotation))


def _of_parts(name: str, parts: list[ast.expr], annotation: ast.expr) -> Shape:
    if name == "Literal":
        return _literal(parts, annotation)
    if name == "Optional" and len(parts) == 1:
        return _union([_shape(parts[0]), Plain("None")])
    if name == "Union":
        return _union([_shape(part) for part in parts])
    if name in _WRAPPERS and parts:
        return _shape(parts[0])
    if name in _CONTAINERS and len(parts) == 1:
        return Container(_CONTAINERS[name], _shape(parts[0]))
    if name in _TUPLES:
        return _tuple(parts)
    if name in _DICTS and len(parts) == 2:
        return DictType(_shape(parts[0]), _shape(parts[1]))
    return Anything(ast.unparse(annotation))


def _tuple(parts: list[ast.expr]) -> Shape:
    if len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...:
        return Container("tuple", _shape(parts[0]))
    return TupleType(tuple(_shape(part) for part in parts))


def _literal(parts: list[ast.expr], annotation: ast.expr) -> Shape:
    try:
        return LiteralType(tuple(ast.literal_eval(part) for part in parts))
    except ValueError:
        return Anything(ast.unparse(annotation))


def _union(members: list[Shape]) -> Shape:
    """One flat union without repeats; a member that takes anything makes it take anything."""
    flat: list[Shape] = []
    for member in members:
        inner = member.members if isinstance(member, UnionType) else (member,)
        flat += [each for each in inner if each not in flat]
    loose = next((each for each in flat if isinstance(each, Anything)), None)
    if loose is not None:
        return loose
    return flat[0] if len(flat) == 1 else UnionType(tuple(flat))
