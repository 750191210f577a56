"""The types that a parameter may declare: is a value of that type, and what becomes of a text.

A type is the text of an annotation. Known are int, float, str, bool, None, list, dict, tuple, set,
date, datetime, Path, Artifact, Literal, Optional, unions and Any, under their usual names;
whatever else an annotation says (``pd.DataFrame``) is not checked. Nothing is converted that would
change its meaning: the text "3" is no int, True is no int, 2.5 is no int.
"""

from __future__ import annotations

import json
from ast import literal_eval
from datetime import date, datetime
from typing import Any

from jupyter_flow.core.artifacts import ArtifactRef, is_artifact

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
    words_of,
)
from .fitting import fault_of, is_exact, read_or_none


class PathText(str):
    """A path given as text, for a parameter that declares a ``Path``.

    Still a string to everything that stores or compares it; what writes parameters into a
    notebook writes it as ``pathlib.Path(...)``.
    """

    __slots__ = ()


def type_of(value: Any) -> str:
    """The type that a default hints at; "" where it hints at none (None, and what is not plain)."""
    name = type(value).__name__
    return name if name in _HINTS else ""


def check(value: Any, type_text: str) -> str | None:
    """What is wrong with *value* for a parameter of that type, in words; None when it fits.

    Texts fit a date, a datetime and a Path when they can be read as one; lists fit tuples and
    sets, and whole numbers fit float: `convert` makes the difference good.
    """
    shape = shape_of(type_text)
    fault = fault_of(value, shape)
    if fault is None:
        return None
    place, culprit = fault
    got = _told(culprit)
    if not place:
        return f"must be {words_of(shape)}, got {got}"
    return f"must be {words_of(shape)}, but {place} is {got}"


def convert(value: Any, type_text: str) -> Any:
    """*value* as the type wants it: texts become dates and paths, lists tuples, 1 becomes 1.0.

    Raises ValueError, with the words of `check`, when it does not fit.
    """
    wrong = check(value, type_text)
    if wrong is not None:
        raise ValueError(wrong)
    return _converted(value, shape_of(type_text))


def convert_text(text: str, type_text: str) -> Any:
    """What *text* (a rendered template, a word of a command line) means for that type.

    Text stays text where the type is str, takes a str, or is unknown. Raises ValueError, in the
    words of `check`, when it cannot be read so.
    """
    for candidate in _readings(text, shape_of(type_text)):
        return candidate
    raise ValueError(f"must be {words_of(shape_of(type_text))}, got {_short(text)} (str)")


_HINTS = frozenset({"int", "float", "str", "bool", "list", "dict", "tuple", "set"})
_CONTAINERS = {"list": list, "tuple": tuple, "set": set}


def _converted(value: Any, shape: Shape) -> Any:
    if is_artifact(value):
        return value
    match shape:
        case Plain(name="float"):
            return float(value)
        case Plain(name="date") if isinstance(value, str):
            return date.fromisoformat(value)
        case Plain(name="datetime") if isinstance(value, str):
            return datetime.fromisoformat(value)
        case Plain(name="Path") if isinstance(value, str):
            return PathText(value)
        case UnionType(members=members):
            fitting = [each for each in members if fault_of(value, each) is None]
            exact = (each for each in fitting if is_exact(value, each))
            return _converted(value, next(exact, fitting[0]))
        case Container(name=name, item=item):
            return _CONTAINERS[name](_converted(each, item) for each in value)
        case TupleType(items=items):
            return tuple(_converted(v, s) for v, s in zip(value, items, strict=True))
        case DictType(key=key, value=of):
            return {_converted(k, key): _converted(v, of) for k, v in value.items()}
        case _:
            return value


_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def _readings(text: str, shape: Shape) -> list[Any]:
    """What the text can mean for that type, the best first; nothing when it does not fit."""
    match shape:
        case Anything() | Plain(name="str"):
            return [text]
        case Plain(name="None"):
            return [None] if text.strip() in ("None", "null", "") else []
        case Plain(name="bool"):
            word = text.strip().lower()
            return [word in _TRUE] if word in (*_TRUE, *_FALSE) else []
        case Plain(name="int" | "float" as name):
            number = read_or_none(int if name == "int" else float, text)
            return [] if number is None else [number]
        case Plain():
            return (
                [_converted(text.strip(), shape)] if fault_of(text.strip(), shape) is None else []
            )
        case LiteralType(values=values):
            return [each for each in values if text in (each, str(each), json.dumps(each))]
        case UnionType(members=members):
            by_rank = sorted(members, key=_rank)
            takes_text = any(member == Plain("str") for member in members)
            usable = [m for m in by_rank if not (takes_text and m == Plain("None"))]
            return [found for member in usable for found in _readings(text, member)]
        case Container() | TupleType() | DictType():
            whole = _structure(text)
            fits = whole is not None and fault_of(whole, shape) is None
            return [_converted(whole, shape)] if fits else []


def _rank(member: Shape) -> int:
    """A union reads a text as the narrowest of its members; text itself is the last resort."""
    return {"str": 3, "Path": 2, "None": 1}.get(getattr(member, "name", ""), 0)


def _structure(text: str) -> Any:
    """A list or an object, as JSON or as Python writes it; None when it is neither."""
    found = read_or_none(json.loads, text)
    return read_or_none(literal_eval, text.strip()) if found is None else found


def _told(culprit: Any) -> str:
    if isinstance(culprit, ArtifactRef):
        return f"an artifact ({culprit.line})"
    return "None" if culprit is None else f"{_short(culprit)} ({type(culprit).__name__})"


def _short(value: Any, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
