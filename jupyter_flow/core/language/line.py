"""The magic line: ``NAME --schedule "0 6 * * 1-5" --tz Europe/Berlin --retries 2``.

Options may be written in kebab or in snake case, with a space or ``=`` before the value. Task
options are defaults for all tasks of the flow; ``-p n=10`` declares a parameter.
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from jupyter_flow.core.errors import Problem, Where, suggestion
from jupyter_flow.core.options import FlowOptions, TaskOptions
from jupyter_flow.core.task_names import LONGEST

from .findings import Findings
from .option_reading import contradictions, flow_options, read_option, schedule_contradictions
from .option_specs import FLOW_OPTIONS, LINE_OPTIONS, OPTIONS, TASK_OPTIONS, OptionSpec
from .shell_words import OpenQuote, Word, split_words

_FLAGS = frozenset(name for name, spec in LINE_OPTIONS.items() if spec.type.is_flag)
_PARAMS = ("-p", "--param", "--params")
_NAME = re.compile(rf"\w[\w-]{{0,{LONGEST - 1}}}")


@dataclass(slots=True, kw_only=True)
class LineReading:
    """What a magic line says. ``name`` is None when it names no flow."""

    name: str | None = None
    options: FlowOptions = field(default_factory=FlowOptions)
    defaults: TaskOptions = field(default_factory=TaskOptions)
    params: dict[str, Any] = field(default_factory=dict)


def is_flow_name(name: str) -> bool:
    """Whether a flow can be called so."""
    return _NAME.fullmatch(name) is not None


def read_line(text: str, findings: Findings, *, offset: int = 0) -> LineReading:
    """What *text* says, which begins at column *offset* of the page's first line."""
    return _Line(text, findings, offset).read()


class _Line:
    def __init__(self, text: str, findings: Findings, offset: int) -> None:
        self._text = text
        self._findings = findings
        self._offset = offset
        self._reading = LineReading()
        self._given: dict[str, list[tuple[str, Word]]] = {}

    def read(self) -> LineReading:
        words = split_words(self._text)
        if isinstance(words, OpenQuote):
            at = self._at(words.start, len(self._text))
            hint = 'Close it; a text with spaces stands in quotes: --schedule "0 6 * * *".'
            self._findings.refuse("JF128", "a quote on the line is never closed", hint, at)
            return self._reading
        rest = deque(words)
        while rest:
            word = rest.popleft()
            if word.text.startswith("-"):
                self._option(word, rest)
            else:
                self._name(word)
        self._read_options()
        return self._reading

    def _name(self, word: Word) -> None:
        if self._reading.name is not None:
            what = f"the flow is called {self._reading.name!r} already; what is {word.text!r}?"
            hint = "Options begin with two hyphens, and texts with spaces stand in quotes."
            self._findings.refuse("JF128", what, hint, self._at_word(word))
            return
        self._reading.name = word.text
        if not is_flow_name(word.text):
            what = f"{word.text!r} cannot be the name of a flow"
            hint = "Use letters, digits, underscores and hyphens."
            self._findings.refuse("JF119", what, hint, self._at_word(word))

    def _option(self, word: Word, rest: deque[Word]) -> None:
        flag, equals, value = word.text.partition("=")
        name = flag.removeprefix("--").replace("-", "_")
        if flag in _PARAMS:
            name = ""
        elif name.removeprefix("no_") in _FLAGS and name not in _FLAGS and not equals:
            name, equals, value = name.removeprefix("no_"), "=", "false"
        spec = LINE_OPTIONS.get(name) if flag.startswith("--") else None
        if spec is None and flag not in _PARAMS:
            self._unknown(flag, word, rest)
            return
        if not equals:
            if spec is not None and spec.type.is_flag and not _is_value(spec, rest):
                value = "true"
            elif rest and not _looks_like_option(rest[0]):
                word = rest.popleft()
                value = word.text
            else:
                example = f"{flag} n=10" if spec is None else spec.line_example
                hint = f"For example: {example}."
                what = f"option {flag} needs a value"
                self._findings.refuse("JF128", what, hint, self._at_word(word))
                return
        if spec is None:
            self._param(value, word)
        else:
            self._given.setdefault(name, []).append((value, word))

    def _unknown(self, flag: str, word: Word, rest: deque[Word]) -> None:
        known = [spec.flag for spec in OPTIONS]
        hint = suggestion(flag.replace("_", "-"), known, noun="option")
        self._findings.refuse("JF120", f"a flow has no option {flag}", hint, self._at_word(word))
        # What follows is most likely its value.
        if "=" not in word.text and rest and not _looks_like_option(rest[0]):
            rest.popleft()

    def _param(self, text: str, word: Word) -> None:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            what = f"{text!r} is no parameter"
            self._findings.refuse("JF117", what, "Write -p name=value.", self._at_word(word))
            return
        if name in self._reading.params:
            what = f"the parameter {name!r} is declared twice"
            self._findings.refuse("JF117", what, "Take one away.", self._at_word(word))
            return
        self._findings.mark(("param", name), self._at_word(word))
        try:
            self._reading.params[name] = json.loads(value, parse_constant=_no_constant)
        except ValueError:
            self._reading.params[name] = value

    def _read_options(self) -> None:
        said: dict[str, Any] = {}
        for name, given in self._given.items():
            where = self._at_word(given[-1][1])
            values = [value for value, _ in given]
            if len(set(values)) > 1 and not LINE_OPTIONS[name].type.is_many:
                flag, both = LINE_OPTIONS[name].flag, f"{values[0]!r} and {values[-1]!r}"
                what = f"option {flag} is given twice: {both}"
                self._findings.refuse("JF112", what, "Take one away.", where)
                continue
            text = values if LINE_OPTIONS[name].type.is_many and len(values) > 1 else values[0]
            value = read_option(name, text, LINE_OPTIONS, is_text=True)
            if isinstance(value, Problem):
                self._findings.note(value, where)
            else:
                said[name] = value
            key = ("option", "", name)
            self._findings.mark(key, where)
        task_said = {name: value for name, value in said.items() if name in TASK_OPTIONS}
        flow_said = {name: value for name, value in said.items() if name in FLOW_OPTIONS}
        self._reading.defaults = TaskOptions(**task_said)
        self._reading.options = flow_options(flow_said)
        for problem in contradictions(task_said):
            self._findings.note(problem, self._findings.spans["option", "", "no_retry_on"])
        for problem in schedule_contradictions(self._reading.options):
            self._findings.note(problem, self._findings.spans["option", "", "end"])

    def _at(self, start: int, end: int) -> Where:
        return self._findings.page.at(1, self._offset + start, self._offset + end)

    def _at_word(self, word: Word) -> Where:
        return self._at(word.start, word.end)


def _looks_like_option(word: Word) -> bool:
    return re.match(r"--?[A-Za-z]", word.text) is not None


def _is_value(flag: OptionSpec, rest: deque[Word]) -> bool:
    """Whether what follows *flag*, which needs no value, is one all the same."""
    if not rest:
        return False
    value = flag.type.read(flag.name, flag.type.from_text(rest[0].text))
    return not isinstance(value, Problem)


def _no_constant(name: str) -> Any:
    raise ValueError(name)
