"""Strings in a flow are Jinja templates. Rendering them, but for the secrets in them.

The names and the filters are Airflow's, with its meanings. What comes out is always a string: it
is never read again as a number or a list, because "007" is a name and "1e5" may be one; typed
values are written as expressions (``params.n``), not as templates. A name that is not there is
an error, never an empty string. ``{{ secret("NAME") }}`` stays what it is: a text in which it
stands comes out as a `SecretText`.

Knows nothing of runs: `jupyter_flow.core.inputs` makes the context.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jupyter_flow.core.errors import suggestion
from jupyter_flow.core.expressions import EvaluationError
from jupyter_flow.core.secrets import SecretText

if TYPE_CHECKING:
    from jinja2 import Template

#: A parameter longer than this is no parameter; a template that makes one is a mistake.
LONGEST = 1_000_000

_Moment = date | time | None

#: How moments are written: names in a context, and filters. Nothing (None) is written as "".
TIME_FORMATS: Mapping[str, Callable[[_Moment], str]] = {
    "ds": lambda moment: moment.strftime("%Y-%m-%d") if moment else "",
    "ds_nodash": lambda moment: moment.strftime("%Y%m%d") if moment else "",
    "ts": lambda moment: moment.isoformat() if moment else "",
    "ts_nodash": lambda moment: moment.strftime("%Y%m%dT%H%M%S") if moment else "",
    "ts_nodash_with_tz": lambda moment: (
        moment.isoformat().replace("-", "").replace(":", "") if moment else ""
    ),
}


#: Every name that a template may use.
NAMES = frozenset(
    {
        *TIME_FORMATS,
        "attempt",
        "data_interval_end",
        "data_interval_start",
        "flow",
        "logical_date",
        "map_index",
        "params",
        "prev_success",
        "run_id",
        "task",
    }
)

#: Those of them that a task which makes no attempts does not know.
NAMES_OF_ATTEMPTS = frozenset({"attempt", "prev_success"})


class TemplateError(EvaluationError):
    """A template cannot be rendered; the message has its text and says why."""


def is_template(text: str) -> bool:
    """Whether there is anything to render in *text*."""
    return "{" in text and any(mark in text for mark in ("{{", "{%", "{#"))


def render(value: Any, context: Mapping[str, Any]) -> Any:
    """*value* with every string in it rendered, however deep in lists and objects.

    A string without a template comes back as it is, and so does everything that is no string.

    Raises:
        TemplateError: the text is no template, a name is unknown, or it grows without bounds.
    """
    match value:
        case str():
            return _render(value, context) if is_template(value) else value
        case list() | tuple():
            return [render(item, context) for item in value]
        case Mapping():
            return {key: render(item, context) for key, item in value.items()}
        case _:
            return value


def literal(text: str) -> str:
    """The template that is rendered as *text*, whatever marks it has."""
    return re.sub(r"\{[{%#]", lambda mark: f"{{{{ '{mark[0]}' }}}}", text)


def secrets_in(text: str) -> tuple[str, ...]:
    """The names of the secrets that stand in *text*; none when it is no template."""
    return () if len(parts := _parts(text)) == 1 else tuple(parts[1::2])


def wrong_with(
    text: str, *, params: Collection[str], names: frozenset[str] = NAMES
) -> tuple[str, str] | None:
    """What is wrong with the template in *text* before anything is known of a run, and what now.

    *params* are the parameters that the flow declares, *names* those that it may use. None when it
    may be rendered.
    """
    from jinja2 import TemplateSyntaxError

    from .sandbox import names_in

    try:
        names_in(text)
    except TemplateSyntaxError as error:
        return f"{_shown(text)} is no template: {error.message}".rstrip("."), "Mend the template."
    try:
        found = [names_in(part) for part in _parts(text)[::2]]
    except TemplateSyntaxError:
        return f"a secret stands in a block of the template {_shown(text)}", _ALONE
    needed = frozenset().union(*(of_all for of_all, _ in found))
    of_params = frozenset().union(*(of_them for _, of_them in found))
    for name in sorted(needed - names):
        if name == "secret":
            return f"a secret is a part of something in the template {_shown(text)}", _ALONE
        hint = suggestion(name, sorted(names), noun="name")
        return f"the template {_shown(text)} needs {name!r}, which nothing gives", hint
    for name in sorted(of_params - set(params)):
        hint = suggestion(name, sorted(params), noun="parameter")
        return f"the template {_shown(text)} needs the parameter {name!r}", hint
    return None


_ALONE = 'A secret stands by itself: "Bearer {{ secret("TOKEN") }}".'


def times(moment: datetime) -> dict[str, str]:
    """``ds``, ``ts`` and their relatives for *moment*."""
    return {name: write(moment) for name, write in TIME_FORMATS.items()}


class Names:
    """Values by name, as ``params.x`` in a template: no method hides a name."""

    def __init__(self, values: Mapping[str, Any], *, of: str) -> None:
        self._values = values
        self._of = of

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(self.absence_of(name)) from None

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __str__(self) -> str:
        return str(dict(self._values))

    def absence_of(self, name: str) -> str:
        """What to say when *name* is asked for and not there."""
        hint = suggestion(name, list(self._values), noun=self._of).rstrip(".")
        return f"there is no {self._of} {name!r}. {hint}"


def _render(text: str, context: Mapping[str, Any]) -> str:
    parts = _parts(text)
    if len(parts) == 1:
        return _rendered(text, context)
    return SecretText(*(p if at % 2 else _rendered(p, context) for at, p in enumerate(parts)))


def _rendered(text: str, context: Mapping[str, Any]) -> str:
    if not is_template(text):
        return text
    template = _compiled(text)
    parts: list[str] = []
    size = 0
    try:
        for part in template.generate(context):
            parts.append(part)
            size += len(part)
            if size > LONGEST:
                raise EvaluationError(f"it gives more than {LONGEST:,} characters")
    except Exception as error:
        # A template raises whatever the objects in it raise: there is no narrower class.
        why = str(error) or type(error).__name__
        if why.endswith("is undefined"):
            why += f". Known names: {', '.join(sorted(context))}"
        raise TemplateError(f"the template {_shown(text)} cannot be rendered: {why}") from error
    return "".join(parts)


@lru_cache(maxsize=1024)
def _parts(text: str) -> list[str]:
    """*text*, cut at the secrets in it; one part where there are none."""
    if "secret" not in text or not is_template(text):
        return [text]
    from jinja2 import TemplateSyntaxError

    from .sandbox import apart

    try:
        return apart(text)
    except TemplateSyntaxError:
        return [text]  # whoever renders it will say so


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Template:
    # jinja2 is slow to load, and most flows have no template.
    from jinja2 import TemplateSyntaxError

    from .sandbox import compiled

    try:
        return compiled(text)
    except TemplateSyntaxError as error:
        raise TemplateError(f"{_shown(text)} is no template: {error.message}") from error


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:77]}...")
