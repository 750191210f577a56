"""What could come next in a ``%%flow`` cell: tasks, parameters, values, methods, options.

Works on text that cannot be parsed yet, so it looks only at what is left of the cursor. It reads
the contracts of notebooks that were read before, and runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jupyter_flow.core.notebooks.notebook import Notebook, Shelf
from jupyter_flow.core.options import Catchup, KeepKernel, KernelStart, Overlap, TriggerRule

from .kinds import CALLS
from .option_specs import LINE_OPTIONS, TASK_OPTIONS
from .text_types import EVENTS

_METHODS = {
    "options": "how the task is run: retries, timeout, trigger, …",
    "expand": "one instance for each item of a list",
    "when": "run only if this holds",
    "as_setup": "provides what others need",
    "as_teardown": "cleans up after its setups, whatever happened",
    "set_downstream": "what comes after it",
    "set_upstream": "what comes before it",
}
_CHOICES = {
    "trigger": [each.value for each in TriggerRule],
    "keep_kernel": [each.value for each in KeepKernel],
    "kernel_start": [each.value for each in KernelStart],
    "catchup": [each.value for each in Catchup],
    "overlap": [each.value for each in Overlap],
    "on": list(EVENTS),
}
_WORD = re.compile(r"[\w-]*$")
_NAME = r"[A-Za-z_]\w*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A text for the place from ``start`` to ``end`` of the cell. ``help`` says what it is."""

    text: str
    start: int
    end: int
    kind: str
    help: str = ""


def complete(cell: str, cursor: int, shelf: Shelf) -> list[Completion]:
    """What fits at *cursor* (an offset) of *cell*, whose first line is the magic's."""
    before = cell[:cursor]
    word = _WORD.search(before)
    typed = word.group() if word else ""
    if "\n" not in before:
        found = _on_the_line(before[: len(before) - len(typed)], typed)
    else:
        typed = re.search(r"\w*$", before).group()  # type: ignore[union-attr]
        found = _in_the_body(cell, before[: len(before) - len(typed)], shelf)
    start = cursor - len(typed)
    fitting = {text: (kind, told) for text, kind, told in found if text.startswith(typed)}
    return [
        Completion(text=text, start=start, end=cursor, kind=kind, help=told)
        for text, (kind, told) in fitting.items()
    ]


_Found = Iterator[tuple[str, str, str]]


def _on_the_line(left: str, typed: str) -> _Found:
    option = re.search(r"--([\w-]+)[ =]$", left)
    choices = _CHOICES.get(option[1].replace("-", "_")) if option else None
    if choices is not None:
        yield from ((each, "value", "") for each in choices)
    elif typed.startswith("-") or left.endswith(" "):
        yield from ((spec.flag, "option", spec.meaning) for spec in LINE_OPTIONS.values())


def _in_the_body(cell: str, left: str, shelf: Shelf) -> _Found:
    dotted = re.search(rf"({_NAME})(\([^()]*\))?\.$", left)
    call = _open_call(left)
    if dotted:
        yield from _after_the_dot(cell, dotted[1], shelf)
    elif call is not None and re.search(r"[(,]\s*$", left):
        yield from _arguments(cell, call, shelf)
        yield from _values_by_task(cell, shelf)
    elif (choice := re.search(rf"({_NAME})\s*=\s*[\"']$", left)) and choice[1] in _CHOICES:
        yield from ((each, "value", "") for each in _CHOICES[choice[1]])
    elif left.rstrip().endswith("="):
        yield from _values_by_task(cell, shelf)
        yield "params", "parameters", "the parameters of the flow"
    else:
        yield from _tasks(shelf)
        yield from ((name, "group", "all of its tasks") for name in _groups(cell))
        yield from ((kind.value, "kind", call_.example) for kind, call_ in CALLS.items())


def _tasks(shelf: Shelf) -> _Found:
    for notebook in shelf.notebooks.values():
        if notebook.task is not None:
            yield notebook.task, "task", notebook.description or shelf.written(notebook.path)


def _groups(cell: str) -> list[str]:
    return re.findall(rf"\bwith\s+group\(\s*[\"']({_NAME})", cell)


def _values_by_task(cell: str, shelf: Shelf) -> _Found:
    for name in sorted({*re.findall(rf"\b{_NAME}\b", cell)} & _task_names(shelf)):
        yield name, "task", "a value of this task"


def _after_the_dot(cell: str, name: str, shelf: Shelf) -> _Found:
    if name == "params":
        declared = re.search(r"\bparams\(([^)]*)\)", cell)
        yield from (
            (each, "parameter", "")
            for each in re.findall(rf"({_NAME})\s*=", declared[1] if declared else "")
        )
        return
    notebook = _notebook_of(cell, name, shelf)
    if notebook is not None:
        yield from (
            (each, "value", f"handed on by {name}") for each in sorted(notebook.values or ())
        )
    yield from ((each, "method", told) for each, told in _METHODS.items())


def _arguments(cell: str, call: str, shelf: Shelf) -> _Found:
    name, _, method = call.rpartition(".") if "." in call else (call, "", "")
    if method == "as_teardown":
        yield "setups=", "argument", "the set-ups that it cleans up after"
        yield "fails_run=", "argument", "whether the run fails when the clean-up does"
        return
    if method == "options" or call == "group":
        yield from ((f"{each}=", "option", spec.meaning) for each, spec in TASK_OPTIONS.items())
        return
    for kind, known in CALLS.items():
        if name == kind.value:
            yield from ((f"{each}=", "argument", known.example) for each in known.known)
            return
    notebook = _notebook_of(cell, name, shelf)
    if notebook is not None and method in ("", "expand"):
        for parameter in notebook.contract.parameters:
            told = " ".join(filter(None, (parameter.type, parameter.help)))
            yield f"{parameter.name}=", "parameter", told


def _open_call(left: str) -> str | None:
    """What the innermost bracket that is still open calls: ``train`` or ``train.options``."""
    depth = 0
    for place in range(len(left) - 1, -1, -1):
        sign = left[place]
        if sign in ")]}":
            depth += 1
        elif sign in "([{":
            if depth == 0:
                return _called(left[:place]) if sign == "(" else None
            depth -= 1
    return None


def _called(left: str) -> str | None:
    # ``train(seed=1).options`` is about train: what is between the brackets does not matter.
    bare = left
    while (shorter := re.sub(r"\([^()]*\)", "", bare)) != bare:
        bare = shorter
    found = re.search(rf"({_NAME})((?:\.{_NAME})*)$", bare)
    if found is None:
        return None
    method = found[2].rpartition(".")[2]
    return f"{found[1]}.{method}" if method else found[1]


def _notebook_of(cell: str, name: str, shelf: Shelf) -> Notebook | None:
    """The notebook of the task *name*: its own, or that of ``name = other(…)``."""
    made = re.search(rf"^\s*{name}\s*=\s*({_NAME})\s*\(", cell, re.MULTILINE)
    wanted: Iterable[str] = (name, made[1]) if made else (name,)
    for each in wanted:
        for notebook in shelf.notebooks.values():
            if notebook.task == each:
                return notebook
    return None


def _task_names(shelf: Shelf) -> set[str]:
    return {notebook.task for notebook in shelf.notebooks.values() if notebook.task is not None}
