"""What the Jupyter server can be asked for: its table of routes, and the shapes that travel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, get_args, get_origin

from jupyter_flow.server.acts.looking import Document
from jupyter_flow.server.routes import ROUTES, Asked, Route
from jupyter_flow.wire import api, history

_WATCHES = get_args(api.StreamRequest)
_EVENTS = get_args(api.StreamEvent)
#: A new line within a definition.
_BREAK = "\\\n  "


def routes() -> str:
    """Every route: how it is asked, who may, what it does, what it takes and answers."""
    return _entries(
        (
            f"`{route.method} {route.path}` ({route.action})",
            [_line(route.act), *_asks(route), f"Answers {_answer(route)}."],
        )
        for route in ROUTES
    )


def shapes() -> str:
    """The shapes of bodies and answers, and what is in them."""
    named = {**vars(api), **vars(history)}
    mine = (each for each in named.values() if is_dataclass(each))
    return _shapes(each for each in mine if each not in (*_WATCHES, *_EVENTS))


def watches() -> str:
    """What a page says to the stream."""
    return _shapes(_WATCHES)


def events() -> str:
    """What the stream says to a page."""
    return _shapes(_EVENTS)


def _asks(route: Route) -> Iterator[str]:
    if route.query:
        yield f"Query: {', '.join(map(_asked, route.query))}."
    if route.request is not None:
        yield f"Body: {_shape(route.request)}."


def _asked(asked: Asked) -> str:
    if asked.default is None:
        return f"`{asked.name}` (needed)"
    return f"`{asked.name}={asked.default}`" if asked.default != "" else f"`{asked.name}`"


def _answer(route: Route) -> str:
    if route.answer is None:
        return "nothing, with status 204"
    return "the notebook" if route.answer is Document else _shape(route.answer)


def _shape(shape: Any) -> str:
    if get_origin(shape) is list:
        return f"a list of {_shape(get_args(shape)[0])}"
    return f"`{shape.__name__}`"


def _shapes(classes: Iterable[type[Any]]) -> str:
    return _entries((f"`{each.__name__}`", [_text(each), _fields(each)]) for each in classes)


def _entries(entries: Iterable[tuple[str, Iterable[str]]]) -> str:
    """A definition list: a term, and the lines about it."""
    return "\n\n".join(f"{term}\n: {_BREAK.join(lines)}" for term, lines in entries)


def _fields(shape: type[Any]) -> str:
    return ", ".join(map(_field, fields(shape)))


def _field(field: Field[Any]) -> str:
    if field.name == "kind" and field.default is not MISSING:
        return f"`kind: '{field.default}'`"
    may_be_left_out = field.default is not MISSING or field.default_factory is not MISSING
    return f"`{field.name}{'?' if may_be_left_out else ''}: {_type(field)}`"


def _type(field: Field[Any]) -> str:
    return str(field.type).replace("Mapping[", "dict[")


def _line(act: Any) -> str:
    return (act.__doc__ or "").partition("\n")[0]


def _text(shape: type[Any]) -> str:
    return " ".join((shape.__doc__ or "").split()).replace("``", "`")
