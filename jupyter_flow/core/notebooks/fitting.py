"""Does a value fit a shape, and if not, which part of it is to blame.

The rules behind `jupyter_flow.core.notebooks.parameter_types`, which puts them into words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from jupyter_flow.core.artifacts import ArtifactRef
from jupyter_flow.core.secrets import SecretText

from .annotations import (
    Container,
    DictType,
    LiteralType,
    Plain,
    Shape,
    TupleType,
    UnionType,
)
from .arriving import way_of

#: Where in the value ("" for all of it), and the culprit.
Fault = tuple[str, Any]


def fault_of(value: Any, shape: Shape) -> Fault | None:
    """The first part of *value* that does not fit *shape*; None when all of it does."""
    ref = ArtifactRef.read(value)
    if ref is not None:
        return None if way_of(ref, shape) is not None else ("", ref)
    match shape:
        case Plain(name=name) if isinstance(value, SecretText):
            return None if name == "str" else ("", value)  # a text, whatever is in it
        case Plain(name=name):
            return None if _FITS[name](value) else ("", value)
        case LiteralType(values=values):
            fits = any(type(each) is type(value) and each == value for each in values)
            return None if fits else ("", value)
        case UnionType(members=members):
            return _fault_of_union(value, members)
        case Container() | TupleType() | DictType():
            return _fault_of_parts(value, shape)
        case _:
            return None


def is_exact(value: Any, shape: Shape) -> bool:
    """Whether *value* already has the class that *shape* names, so nothing is to be converted."""
    match shape:
        case Plain(name=name) | Container(name=name):
            return type(value).__name__ == name or (value is None and name == "None")
        case DictType():
            return isinstance(value, dict)
        case TupleType():
            return isinstance(value, tuple)
        case UnionType(members=members):
            return any(is_exact(value, member) for member in members)
        case _:
            return True


def read_or_none(read: Callable[[str], Any], text: str) -> Any:
    """What *read* makes of *text*, None when it refuses."""
    try:
        return read(text)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _fault_of_parts(value: Any, shape: Container | TupleType | DictType) -> Fault | None:
    match shape:
        case Container(name=name, item=item):
            parts = _parts_as(name, value)
            if parts is None:
                return "", value
            counted = ((str(place), each, item) for place, each in enumerate(parts, 1))
            return _first_fault("item", counted)
        case TupleType(items=items):
            if not isinstance(value, list | tuple) or len(value) != len(items):
                return "", value
            triples = zip(map(str, range(1, len(items) + 1)), value, items, strict=True)
            return _first_fault("item", triples)
        case DictType(key=key, value=of):
            if not isinstance(value, Mapping):
                return "", value
            keys = _first_fault("key", ((repr(each), each, key) for each in value))
            named = ((repr(name), each, of) for name, each in value.items())
            return keys or _first_fault("the value of", named)


def _parts_as(name: str, value: Any) -> tuple[Any, ...] | None:
    fits = isinstance(value, _GIVEN_AS[name])
    return tuple(value) if fits else None


def _first_fault(word: str, parts: Iterable[tuple[str, Any, Shape]]) -> Fault | None:
    for place, part, shape in parts:
        fault = fault_of(part, shape)
        if fault is not None:
            inner, culprit = fault
            return f"{inner} of {word} {place}" if inner else f"{word} {place}", culprit
    return None


def _fault_of_union(value: Any, members: tuple[Shape, ...]) -> Fault | None:
    """A union blames a part of the value only when one member alone can be meant."""
    faults = [fault_of(value, member) for member in members]
    if any(fault is None for fault in faults):
        return None
    deep = [fault for fault in faults if fault is not None and fault[0]]
    return deep[0] if len(deep) == 1 else ("", value)


def _is_moment(read: Callable[[str], Any], own: type) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        if isinstance(value, str):
            return read_or_none(read, value) is not None
        # A datetime is a date to Python; to a notebook that compares dates it is not.
        return type(value) is own

    return fits


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "None": lambda value: value is None,
    "date": _is_moment(date.fromisoformat, date),
    "datetime": _is_moment(datetime.fromisoformat, datetime),
    "Artifact": lambda _value: False,  # those that are one have been told by then
    "Path": lambda value: isinstance(value, str) or hasattr(value, "__fspath__"),
}

#: JSON knows lists only, so a value of another task is one where a tuple or a set is meant.
_GIVEN_AS: Mapping[str, tuple[type, ...]] = {
    "list": (list, tuple),
    "tuple": (list, tuple),
    "set": (list, tuple, set, frozenset),
}
