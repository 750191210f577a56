"""Parameters of a task into a cell of its notebook, where papermill puts it.

For Python the cell is written here, so that every value arrives as it is; for other languages by
papermill's translators, from values that JSON knows. What cannot be passed faithfully is refused,
never turned into a text. A name that is no name is refused: it would be code.
"""

from __future__ import annotations

import json
import keyword
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import count
from pathlib import PurePath
from typing import Any

from nbformat import NotebookNode

from jupyter_flow.core.artifacts import Arrival
from jupyter_flow.core.errors import DefinitionError, Problem, Where
from jupyter_flow.core.notebooks.arriving import arriving
from jupyter_flow.core.notebooks.contract import contract_of
from jupyter_flow.core.notebooks.parameter_types import PathText, convert
from jupyter_flow.core.secrets import SecretText

from .handing import Code
from .parts import code_cell, part

TAG, INJECTED = "parameters", "injected-parameters"
_PYTHON = ("python", "python3", "ipython")
#: papermill writes ä as \xe4, which is a letter in Python and half of one in these languages.
_WIDE = ("r", "julia")
_NARROW = re.compile(r"(?<!\\)((?:\\\\)*)\\x([89a-f][0-9a-f])")
_HINT = (
    "Pass numbers, texts, true or false, None, dates, paths, and lists and dicts of those; "
    "hand on anything bigger as a file."
)


def inject(
    notebook: NotebookNode,
    parameters: Mapping[str, Any],
    *,
    language: str,
    kernel: str,
    path: str,
    bring: Callable[[Arrival | SecretText], Any] | None = None,
) -> int | None:
    """Put *parameters* into *notebook*; returns where a cell was added, None when none was.

    *bring* makes of an artifact, and of a text with secrets, what the notebook gets for it.
    Raises DefinitionError (JF221 to JF224), naming *path*, with all that cannot be passed.
    """
    if not parameters:
        return None
    where = Where(path=path)
    values = _checked(notebook, parameters, language, where, bring)
    _note(notebook, values)
    if language.lower() in _PYTHON:
        source = python_source(values)
    else:
        source = _translated(values, language, kernel, where)
    cell = code_cell(source, tag=INJECTED)
    stale, tagged = _tagged(notebook, INJECTED), _tagged(notebook, TAG)
    if stale is not None:
        notebook.cells[stale] = cell
        return None
    at = 0 if tagged is None else tagged + 1
    notebook.cells.insert(at, cell)
    return at


def python_source(values: Mapping[str, Any]) -> str:
    """A cell that assigns *values*. It imports no name: the notebook's own stay what they are."""
    return "\n".join(["# Parameters", *(f"{k} = {literal(v)}" for k, v in values.items())])


def literal(value: Any) -> str:
    """Python that makes *value* again. Raises ValueError for what it cannot make."""
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return writer(value)
    if isinstance(value, PurePath):
        return _path(value)
    raise ValueError(f"{type(value).__name__} cannot be passed to a notebook")


def _checked(
    notebook: NotebookNode,
    parameters: Mapping[str, Any],
    language: str,
    where: Where,
    bring: Callable[[Arrival | SecretText], Any] | None,
) -> dict[str, Any]:
    """*parameters* as the contract wants them, each known to be writable."""
    tagged = _tagged(notebook, TAG)
    source = None if tagged is None else notebook.cells[tagged].source
    types = contract_of(source, language).types
    problems: list[Problem] = []
    values: dict[str, Any] = {}

    def refuse(code: str, what: str, hint: str) -> None:
        problems.append(Problem(code=code, what=what, hint=hint, where=where))

    for name, value in parameters.items():
        if not is_name(name, language):
            refuse("JF221", f"{name!r} is no name of a parameter", "Use letters, digits and _.")
            continue
        try:
            wanted = types.get(name, "")
            value = convert(value, wanted) if wanted else value
            values[name] = value if bring is None else _brought(arriving(value, wanted), bring)
        except ValueError as error:
            refuse("JF222", f"the parameter {name!r} {error}", "Change the value or its type.")
            continue
        try:
            literal(values[name]) if language.lower() in _PYTHON else _as_json(values[name])
        except (ValueError, RecursionError) as error:
            refuse("JF223", f"the parameter {name!r} cannot be passed: {error}", _HINT)
    if problems:
        raise DefinitionError(problems)
    return values


def _brought(value: Any, bring: Callable[[Arrival | SecretText], Any]) -> Any:
    """*value* with what *bring* makes of each artifact and each secret in it."""
    match value:
        case Arrival() | SecretText():
            return bring(value)
        case dict():
            return {key: _brought(each, bring) for key, each in value.items()}
        case list() | tuple():
            return type(value)(_brought(each, bring) for each in value)
        case _:
            return value


def is_name(name: object, language: str = "python") -> bool:
    """Whether *name* can be assigned to, and is nothing but a name."""
    if not isinstance(name, str):
        return False
    if language.lower() in _PYTHON:
        return name.isidentifier() and not keyword.iskeyword(name)
    return name.isascii() and name.isidentifier() and not name.startswith("_")


def _translated(values: Mapping[str, Any], language: str, kernel: str, where: Where) -> str:
    from papermill.exceptions import PapermillException
    from papermill.translators import translate_parameters

    marked, codes = _marked(values)
    fault = ""
    try:
        source = str(translate_parameters(kernel, language, marked, "Parameters"))
    except (PapermillException, NotImplementedError) as error:
        source, fault = "", str(error) or "it takes no lists or dicts"
    if language.lower() in _WIDE:
        source = _NARROW.sub(r"\1\\u00\2", source)
    elif language.lower() != "bash" and not json.dumps(marked, ensure_ascii=False).isascii():
        fault = "letters beyond ASCII would come out wrong"
    for mark, code in codes.items():
        source = source.replace(f'"{mark}"', code).replace(mark, code)
    if not fault:
        return source.rstrip("\n")
    problem = Problem(
        code="JF224",
        what=f"parameters cannot be passed to a notebook in {language}: {fault}",
        hint="Pass plain numbers and texts, or hand them on in a file.",
        where=where,
    )
    raise DefinitionError([problem])


def _marked(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Code]]:
    """*values* for papermill, which knows no code: a word that nothing else has stands for it."""
    codes: dict[str, Code] = {}
    text = repr(values)

    def marked(value: Any) -> Any:
        match value:
            case Code():
                mark = next(m for i in count(len(codes)) if (m := f"CODE{i}OF") not in text)
                codes[mark] = value
                return mark
            case dict():
                return {key: marked(each) for key, each in value.items()}
            case list():
                return [marked(each) for each in value]
            case _:
                return value

    return {name: marked(value) for name, value in values.items()}, codes


def _as_json(value: Any) -> None:
    """Raises ValueError for what JSON would not give back as it was."""
    match value:
        case None | bool() | int() | str():
            return
        case float() if math.isfinite(value):
            return
        case list():
            for each in value:
                _as_json(each)
        case dict() if all(isinstance(key, str) for key in value):
            for each in value.values():
                _as_json(each)
        case _:
            raise ValueError(f"{value!r:.60} ({type(value).__name__}) is known to Python only")


def _note(notebook: NotebookNode, parameters: Mapping[str, Any]) -> None:
    about = notebook.metadata.setdefault("papermill", part())
    about["parameters"] = {str(name): _plain(value) for name, value in parameters.items()}


def _plain(value: Any) -> Any:
    """*value* for people to read in the metadata."""
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case date():
            return value.isoformat()
    return str(value)


def _tagged(notebook: NotebookNode, tag: str) -> int | None:
    tags = (cell.metadata.get("tags", ()) for cell in notebook.cells)
    return next((index for index, each in enumerate(tags) if tag in each), None)


def _float(value: float) -> str:
    return repr(value) if math.isfinite(value) else f'float("{value}")'


def _items(values: Any) -> str:
    return ", ".join(literal(each) for each in values)


def _tuple(value: tuple[Any, ...]) -> str:
    return f"({_items(value)},)" if len(value) == 1 else f"({_items(value)})"


def _set(value: Any) -> str:
    inner = ", ".join(sorted(literal(each) for each in value))
    return f"{{{inner}}}" if value else "set()"


def _dict(value: dict[Any, Any]) -> str:
    return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"


_DATETIME = '__import__("datetime")'


def _datetime(value: datetime | time) -> str:
    text = repr(value.replace(tzinfo=None))
    plain = text.replace("datetime.", f"{_DATETIME}.", 1)
    if value.tzinfo is None:
        return plain
    return f"{plain[:-1]}, tzinfo={_zone(value.tzinfo)})"


def _zone(zone: Any) -> str:
    key = getattr(zone, "key", None)
    if zone is UTC:
        return f"{_DATETIME}.timezone.utc"
    if isinstance(key, str):
        return f'__import__("zoneinfo").ZoneInfo({key!r})'
    if type(zone) is timezone:
        return f"{_DATETIME}.timezone({_timedelta(zone.utcoffset(None))})"
    raise ValueError(f"the time zone {zone!r} cannot be passed to a notebook")


def _timedelta(value: timedelta) -> str:
    return (
        f"{_DATETIME}.timedelta(days={value.days}, seconds={value.seconds}, "
        f"microseconds={value.microseconds})"
    )


def _path(value: object) -> str:
    return f'__import__("pathlib").Path({str(value)!r})'


#: By exact type: a subclass (an enum, a numpy number) would come out as something else.
_WRITERS: Mapping[type, Callable[[Any], str]] = {
    type(None): repr,
    bool: repr,
    int: repr,
    str: repr,
    bytes: repr,
    float: _float,
    list: lambda value: f"[{_items(value)}]",
    tuple: _tuple,
    set: _set,
    frozenset: lambda value: f"frozenset({_set(value) if value else ''})",
    dict: _dict,
    date: lambda value: f"{_DATETIME}.{repr(value).removeprefix('datetime.')}",
    datetime: _datetime,
    time: _datetime,
    timedelta: _timedelta,
    PathText: _path,
    Code: str,
}
