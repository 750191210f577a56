"""The options that are texts: names, lists of names, addresses, variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from keyword import iskeyword
from typing import Any, TypeGuard

from jupyter_flow.core.inputs.addresses import wrong_with
from jupyter_flow.core.options import Occasion, OnUpdate

from .option_type import OptionType, wrong


def is_plain(text: object) -> TypeGuard[str]:
    """Whether *text* is a text that can stand on one line."""
    return isinstance(text, str) and bool(text.strip()) and not re.search(r"[\x00-\x1f\x7f]", text)


def _read_text(name: str, value: object) -> object:
    return value if is_plain(value) else wrong(name, value, "a text")


def texts(text: str, wrong_one: Callable[[str], str | None], *, split: bool) -> OptionType:
    """A text or several; *wrong_one* says what one of them must be instead, if it is wrong."""

    def read(name: str, value: object) -> object:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, Sequence):
            return wrong(name, value, text)
        items = [item for each in given for item in from_text(each)]
        for item in items:
            must = wrong_one(item) if is_plain(item) else text
            if must is not None:
                return wrong(name, item, must)
        return tuple(items)

    def from_text(given: object) -> Sequence[object]:
        if split and isinstance(given, str):
            return [part.strip() for part in given.split(",")]
        return [given]

    return OptionType(text=text, read=read, write=list, is_many=True)


def _wrong_exception(name: str) -> str | None:
    is_name = all(part.isidentifier() for part in name.split("."))
    return None if is_name else "the name of an exception class or a cause"


def _wrong_module(name: str) -> str | None:
    is_module = all(each.isidentifier() and not iskeyword(each) for each in name.split("."))
    return None if is_module else "the name of a module"


def _read_modules(name: str, value: object) -> object:
    """No module at all is an empty list, False, or the word none, which fits on a line."""
    return () if value is False or value == NO_MODULES else _MODULES.read(name, value)


def _write_modules(modules: Sequence[str]) -> object:
    return list(modules) or NO_MODULES


#: What a notification can be about.
EVENTS = tuple(each.value for each in Occasion)


def _wrong_event(name: str) -> str | None:
    return None if name in EVENTS else f"one of {', '.join(EVENTS)}"


def _read_environment(name: str, value: object) -> object:
    """An object of texts; ``A=1`` or a list of such pairs will do, as they come from commands."""
    pairs = _pairs([value] if isinstance(value, str) else value)
    if pairs is None:
        return wrong(name, value, "an object of texts by the names of variables")
    for key, item in pairs.items():
        if not is_plain(key) or "=" in key:
            return wrong(name, key, "an object of texts by the names of variables")
        if not isinstance(item, str) or "\0" in item:
            return wrong(f"{name}: {key}", item, "a text")
    return pairs


def _pairs(value: object) -> dict[Any, Any] | None:
    if isinstance(value, Mapping):
        return dict(value)
    if not isinstance(value, Sequence):
        return None
    pairs = [item.split("=", 1) if isinstance(item, str) else [] for item in value]
    return dict(pairs) if all(len(pair) == 2 for pair in pairs) else None


def is_dataset(name: str) -> bool:
    """Whether *name* can be the name of a dataset."""
    return _DATASET.fullmatch(name) is not None


def _wrong_dataset(name: str) -> str | None:
    return None if is_dataset(name) else "the name of a dataset: letters, digits, _ - . / :"


def _read_on_update(name: str, value: object) -> object:
    """``"a & b"``, ``"a, b"`` or a list: all of them; ``"a | b"``: any of them."""
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Sequence) or not given or not all(map(is_plain, given)):
        return wrong(name, value, "names of datasets")
    signs = {sign for each in given for sign in "&,|" if sign in each}
    if "|" in signs and (len(signs) > 1 or len(given) > 1):
        hint = 'Write "a & b" for all, or "a | b" for any.'
        return wrong(name, value, "names joined by & or by |, not by both", hint=hint)
    names = tuple(part.strip() for each in given for part in re.split(r"[&,|]", each))
    for each in names:
        must = _wrong_dataset(each)
        if must is not None:
            return wrong(name, each, must)
    return OnUpdate(names=names, of="any" if "|" in signs else "all")


_DATASET = re.compile(r"\w[\w.:/-]*")
#: How it is said that no module is wanted; no library is called so.
NO_MODULES = "none"
TEXT = OptionType(text="text", read=_read_text)
EXCEPTIONS = texts("names of exception classes or causes", _wrong_exception, split=True)
ADDRESSES = texts("URLs to notify", wrong_with, split=False)
OCCASIONS = texts(f"some of {', '.join(EVENTS)}", _wrong_event, split=True)
FILES = texts("paths or patterns of files", lambda _: None, split=False)
_MODULES = texts(f"names of modules, or {NO_MODULES}", _wrong_module, split=True)
MODULES = replace(_MODULES, read=_read_modules, write=_write_modules)
DATASETS = texts("names of datasets", _wrong_dataset, split=True)
ON_UPDATE = OptionType(text="names of datasets, with & or |", read=_read_on_update, write=str)
ENVIRONMENT = OptionType(text="texts by name", read=_read_environment, write=dict, is_many=True)
