"""How an artifact arrives where a parameter wants it: loaded, as its path, or not at all.

A parameter without a known type gets the object; ``Path`` and ``Artifact`` get the file, ``str``
its path. What is known of the artifact decides the rest: JSON that was a list fits a ``list``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_flow.core.artifacts import Arrival, ArtifactRef, Way

from .annotations import (
    Anything,
    Container,
    DictType,
    LiteralType,
    Plain,
    Shape,
    TupleType,
    UnionType,
    shape_of,
)

_OF_PLAIN: Mapping[str, Way] = {"Path": "path", "Artifact": "artifact", "str": "text"}
#: Of a union the best member counts.
_BEST: tuple[Way, ...] = ("object", "artifact", "path", "text")


def way_of(ref: ArtifactRef, shape: Shape) -> Way | None:
    """How *ref* arrives at a parameter of that shape; None where it does not fit."""
    match shape:
        case Anything():
            return "object"
        case Plain(name=name):
            return "object" if name == ref.type else _OF_PLAIN.get(name)
        case Container(name=name):
            return "object" if name == ref.type else None
        case DictType():
            return "object" if ref.type == "dict" else None
        case UnionType(members=members):
            ways = {way_of(ref, member) for member in members}
            return next((way for way in _BEST if way in ways), None)
        case TupleType() | LiteralType():
            return None


def arriving(value: Any, type_text: str) -> Any:
    """*value*, which fits the type, with each artifact in it as the `Arrival` that it is there."""
    return _arriving(value, shape_of(type_text))


def _arriving(value: Any, shape: Shape) -> Any:
    ref = ArtifactRef.read(value)
    if ref is not None:
        return Arrival(ref, way_of(ref, shape) or "text")
    match value:
        case dict():
            of = shape.value if isinstance(shape, DictType) else Anything()
            return {key: _arriving(each, of) for key, each in value.items()}
        case tuple() if isinstance(shape, TupleType):
            return tuple(map(_arriving, value, shape.items))
        case list() | tuple():
            of = shape.item if isinstance(shape, Container) else Anything()
            return type(value)(_arriving(each, of) for each in value)
        case _:
            return value
