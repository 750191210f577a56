"""How objects become files and files objects again: one serializer for each format.

Part of every notebook that hands on an object, and of nothing before it does. A serializer is found
by the type of the object, and loads no library that the object has not loaded already. More of them
come from the entry points of the group ``jupyter_flow.serializers``, and are asked first.

Nothing is pickled that does not belong to one of the libraries in `models`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

#: Where more serializers are looked for: each entry point is a `Serializer`, or a class of one.
GROUP = "jupyter_flow.serializers"

_OURS = {
    "frames": "FRAMES",
    "arrays": "ARRAYS",
    "models": "MODELS",
    "figures": "PICTURES FIGURES",
    "plain": "JSON TEXT BYTES",
}


class Serializer(Protocol):
    """Writes objects of some types to files of one format, and reads them.

    ``format`` is also the end of the file's name: small letters, digits, underscores and dots.
    """

    format: str

    def takes(self, value: Any) -> bool:
        """Whether it can write *value*. Looks at its type; imports nothing."""

    def write(self, value: Any, path: Path) -> None:
        """Write *value* to the new file *path*: the same bytes for the same value, if it can be."""

    def read(self, path: Path, of: str) -> Any:
        """The object in the file; *of* is what `type_of` said of the one that was written."""

    def preview(self, value: Any) -> Mapping[str, Any]:
        """Some JSON for people, below 4 KiB. Its ``summary``, a few words, is shown in tables."""


def serializer_for(value: Any) -> Serializer | None:
    """The serializer that takes *value*; None when it is of no type that is known."""
    return next((each for each in _all() if each.takes(value)), None)


def serializer_of(form: str) -> Serializer | None:
    """the serializer that reads the format *form*; None when there is none here."""
    return next((each for each in _all() if each.format == form), None)


def type_of(value: Any) -> str:
    """What the type of *value* is called: its library and its name, without the modules between."""
    kind = type(value)
    library = kind.__module__.partition(".")[0]
    return kind.__qualname__ if library == "builtins" else f"{library}.{kind.__qualname__}"


def belongs_to(value: Any, library: str, *names: str) -> bool:
    """Whether the type of *value*, or one that it derives from, is one of *names* in *library*."""
    return any(
        kind.__module__.partition(".")[0] == library and kind.__name__ in names
        for kind in type(value).__mro__
    )


def _all() -> Iterator[Serializer]:
    yield from _installed()
    for module, names in _OURS.items():
        home = import_module(f".{module}", __name__)
        for name in names.split():
            yield getattr(home, name)


@cache
def _installed() -> tuple[Serializer, ...]:
    """Those of other packages. One that cannot be loaded says so when it is needed: now."""
    from importlib.metadata import entry_points

    found = [each.load() for each in entry_points(group=GROUP)]
    return tuple(each() if isinstance(each, type) else each for each in found)
