"""Ploomber's placeholders: ``{{name}}``, with a value in env.yaml or a meaning of its own.

A placeholder of env.yaml becomes a parameter of the flow, so that it can still be set for a run.
Between the braces there may be more than a name: ``{{'a' if name else 'b'}}``, as in Jinja.
"""

from __future__ import annotations

import getpass
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant, DictOf, Expression, ListOf, ParamRef

from . import problems
from .imported import Notes

_PLACEHOLDER = re.compile(r"\{\{\s*(?P<name>[A-Za-z_][\w.]*)\s*\}\}")
_EXPRESSION = re.compile(r"\{\{(?P<said>.*?)\}\}", re.DOTALL)
#: Texts, and names with dots behind them; a name after a dot, a bar or in an argument is none.
_WORDS = re.compile(r"""'[^']*'|"[^"]*"|(?<![\w.|])[A-Za-z_][\w.]*(?!\s*=[^=])""")
#: Tasks run in the pipeline's folder, so its own places are relative.
_PLACES = {"here": ".", "cwd": ".", "root": "."}


@dataclass(slots=True, kw_only=True)
class Env:
    """What placeholders stand for. ``values`` go by the names in env.yaml, inner ones with dots."""

    shown: str
    values: Mapping[str, Any]
    notes: Notes
    problems: list[Problem] = field(default_factory=list)
    used: dict[str, None] = field(default_factory=dict)

    def params(self) -> dict[str, Any]:
        """The parameters of the flow: all values of env.yaml."""
        return {parameter(name): self._own(value) for name, value in self.values.items()}

    def expression(self, value: Any) -> Expression:
        """*value* of the pipeline as what a flow passes on, whatever depth placeholders are at."""
        if isinstance(value, dict):
            pairs = ((str(key), self.expression(each)) for key, each in value.items())
            return DictOf(items=tuple(pairs))
        if isinstance(value, list):
            return ListOf(items=tuple(map(self.expression, value)))
        if not isinstance(value, str):
            return Constant(value if _is_json(value) else str(value))
        whole = _PLACEHOLDER.fullmatch(value.strip())
        if whole and whole["name"] in self.values:
            return ParamRef(parameter(whole["name"]))
        return Constant(self.template(value))

    def template(self, text: str) -> str:
        """*text* with the placeholders as templates of a flow."""
        return self._replaced(text, lambda name: f"{{{{ params.{parameter(name)} }}}}", self._said)

    def literal(self, text: str) -> str:
        """*text* with the values of today: for what must be known before a run."""
        return self._replaced(text, lambda name: str(self._own(self.values[name])), self._worth)

    def _own(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._replaced(value, lambda name: f"{{{{{name}}}}}", str)
        return value if _is_json(value) else str(value)

    def _replaced(
        self, text: str, known: Callable[[str], str], longer: Callable[[str], str]
    ) -> str:
        """*text* with each name in braces as *known* has it, and what is *longer* than a name."""

        def one(match: re.Match[str]) -> str:
            plain = _PLACEHOLDER.fullmatch(match[0])
            if plain is None:
                return longer(match[0])
            name = plain["name"]
            return known(name) if name in self.values else self._special(name)

        return _EXPRESSION.sub(one, text)

    def _said(self, expression: str) -> str:
        """*expression* with the flow's parameters in the place of names."""
        unknown = _unknown(expression)

        def one(match: re.Match[str]) -> str:
            word = match[0]
            if word.partition(".")[0] not in unknown:
                return word
            if word not in self.values:
                return repr(self._special(word))
            return f"params.{parameter(word)}"

        return _WORDS.sub(one, expression)

    def _worth(self, expression: str) -> str:
        """What *expression* comes to with the values of today."""
        from jinja2.sandbox import SandboxedEnvironment

        params = {parameter(name): self._own(value) for name, value in self.values.items()}
        try:
            return SandboxedEnvironment().from_string(self._said(expression)).render(params=params)
        except Exception as error:  # noqa: BLE001 - a template may compute anything
            self._wrong(expression, str(error))
            return ""

    def _wrong(self, expression: str, why: str) -> None:
        found = problems.no_worth(self.shown, expression, why)
        if found not in self.problems:
            self.problems.append(found)

    def _special(self, name: str) -> str:
        if name in _PLACES:
            return _PLACES[name]
        if name == "now":
            return "{{ ts }}"
        if name == "user":
            self.notes.add("{{user}} is the one who imported: its value is written into the flow")
            return getpass.getuser()
        if name in ("git", "git_hash", "version"):
            self.notes.add(f"{{{{{name}}}}} is not known to a flow; the word itself stands there")
            return name
        found = problems.no_value(self.shown, name, list(self.values))
        if found not in self.problems:
            self.problems.append(found)
        return name


def parameter(name: str) -> str:
    """The parameter for the placeholder *name*: ``path.out`` is ``path_out``."""
    return re.sub(r"\W", "_", name)


def _unknown(expression: str) -> frozenset[str]:
    """The names in *expression* that something must give a value; none when it is no expression."""
    from jinja2 import TemplateError, meta
    from jinja2.sandbox import SandboxedEnvironment

    try:
        return frozenset(meta.find_undeclared_variables(SandboxedEnvironment().parse(expression)))
    except TemplateError:
        return frozenset()


def flat(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """*values* with inner ones by names with dots; Ploomber's own keys left out."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            found |= flat(value, f"{name}.")
        elif not str(key).startswith("_"):
            found[name] = value
    return found


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True
