"""The jinja2 environment that templates are rendered in: sandboxed, strict and bounded.

The only module that imports jinja2 when it is loaded; `.templates` loads it when the first
template is met. The filters and macros are Airflow's.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateRuntimeError, UndefinedError, meta, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from jupyter_flow.core.secrets import is_name

from .templates import LONGEST, TIME_FORMATS, Names


class Unknown(StrictUndefined):
    """A name that is not there; any use of it is an error that says which ones are."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> None:
        if isinstance(obj, Names) and name is not None:
            hint = obj.absence_of(name)
        super().__init__(hint, obj, name, exc)


class Sandbox(ImmutableSandboxedEnvironment):
    """Refuses arithmetic that would fill the memory, beside all that jinja2's sandbox refuses."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(undefined=Unknown, keep_trailing_newline=True)
        self.globals.pop("lipsum", None)
        self.globals["macros"] = SimpleNamespace(
            ds_add=_ds_add, ds_format=_ds_format, timedelta=timedelta
        )
        self.filters |= TIME_FORMATS

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The value of ``left operator right``; ValueError when it would be enormous."""
        _refuse_bombs(operator, left, right)
        return super().call_binop(context, operator, left, right)


def compiled(text: str) -> Template:
    """The template in *text*. Raises jinja2's TemplateSyntaxError."""
    return _SANDBOX.from_string(text)


def apart(text: str) -> list[str]:
    """The template in *text*, cut at each ``{{ secret("NAME") }}``: texts and names by turns.

    Where a secret stands in any other way, it is a name like all others in the texts. Raises
    jinja2's TemplateSyntaxError.
    """
    parts, since = [""], ""
    names: list[str] = []
    kinds: list[str] = []
    for _, kind, token in _SANDBOX.lex(text):
        if kind == "variable_begin":
            parts[-1], since, names, kinds = parts[-1] + since, "", [], []
        since += token
        if kind not in ("whitespace", "variable_begin"):
            kinds.append(kind)
            names.append(token)
        if kind == "variable_end" and _is_secret(kinds, names):
            parts += [names[2][1:-1], ""]
            since = ""
    parts[-1] += since
    return parts


def _is_secret(kinds: list[str], tokens: list[str]) -> bool:
    """Whether a variable of these tokens is ``secret("NAME")`` and nothing else."""
    if kinds != ["name", "operator", "string", "operator", "variable_end"]:
        return False
    return [*tokens[:2], tokens[3]] == ["secret", "(", ")"] and is_name(tokens[2][1:-1])


def names_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that the template in *text* needs, and those that it takes from ``params``.

    A name whose absence the template itself provides for is not among them. Raises jinja2's
    TemplateSyntaxError.
    """
    tree = _SANDBOX.parse(text)
    provided = {
        each.name
        for guard in tree.find_all((nodes.Filter, nodes.Test))
        if guard.name in ("default", "d", "defined", "undefined")
        for each in guard.find_all(nodes.Name)
    }
    needed = meta.find_undeclared_variables(tree) - provided - set(_SANDBOX.globals)
    params = {
        each.attr
        for each in tree.find_all(nodes.Getattr)
        if isinstance(each.node, nodes.Name) and each.node.name == "params"
    }
    return frozenset(needed), frozenset(params if "params" in needed else ())


def _refuse_bombs(operator: str, left: Any, right: Any) -> None:
    sized = [each for each in (left, right) if isinstance(each, str | bytes | list | tuple)]
    if operator == "**" and (abs(left) > 1_000_000 or abs(right) > 1_000):
        raise ValueError("the power is too large")
    if operator == "%" and sized:
        raise ValueError("strings are joined with ~ here, or with the filter 'format'")
    if operator == "*" and sized:
        times = right if sized[0] is left else left
        if isinstance(times, int) and len(sized[0]) * times > LONGEST:
            raise ValueError(f"it gives more than {LONGEST:,} characters")


def _ds_add(ds: str, days: int) -> str:
    """*ds* moved by *days*."""
    return (date.fromisoformat(ds) + timedelta(days=days)).isoformat()


def _ds_format(ds: str, input_format: str, output_format: str) -> str:
    """*ds*, read as *input_format*, written as *output_format*."""
    return datetime.strptime(ds, input_format).strftime(output_format)  # noqa: DTZ007


_SANDBOX = Sandbox()
