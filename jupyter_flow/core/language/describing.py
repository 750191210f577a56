"""One task as text: ``train(seed=1).expand(model=[…]).options(retries=3)``, short or broken up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_flow.core.expressions import Constant, DictOf, Expression
from jupyter_flow.core.flow import Flow, Kind, Role, Task
from jupyter_flow.core.notebooks.notebook import SUFFIXES

from .kinds import CALLS, name_of
from .naming import FUNCTIONS
from .option_reading import write_task_options
from .writing import is_bare, written, written_constant, written_text

#: How many columns a line has.
WIDTH = 96


@dataclass(frozen=True, slots=True)
class Part:
    """A call: what stands before the bracket, and the arguments."""

    head: str
    arguments: tuple[str, ...]

    def flat(self) -> str:
        return f"{self.head}({', '.join(self.arguments)})"

    def broken(self, indent: str = "") -> str:
        """One argument in each line."""
        lines = [f"{indent}    {argument},\n" for argument in self.arguments]
        return f"{self.head}(\n{''.join(lines)}{indent})"


@dataclass(frozen=True, slots=True)
class Description:
    """A task as it is written: ``target = root`` and the calls on it."""

    target: str
    root: str
    parts: tuple[Part, ...]

    @property
    def is_plain(self) -> bool:
        """Nothing is said but its name."""
        return not self.target and not self.parts

    def flat(self) -> str:
        """In one line."""
        return self.target + self.root + "".join(part.flat() for part in self.parts)

    def text(self, *, indent: str = "", width: int = WIDTH) -> str:
        """In one line if it fits, else with the arguments of the longest calls broken up."""
        if len(indent) + len(self.flat()) <= width or not self.parts:
            return self.flat()
        broken: set[int] = set()
        by_length = sorted(range(len(self.parts)), key=lambda i: -len(self.parts[i].flat()))
        for place in by_length:
            broken.add(place)
            text = self._text(broken, indent)
            if all(len(line) <= width for line in f"{indent}{text}".split("\n")):
                break
        return text

    def _text(self, broken: set[int], indent: str) -> str:
        texts = (
            part.broken(indent) if i in broken and part.arguments else part.flat()
            for i, part in enumerate(self.parts)
        )
        return self.target + self.root + "".join(texts)


def describe(task: Task, flow: Flow) -> Description:
    """How *task* is written in *flow*, with all that is said of it."""
    parts: list[Part] = []
    if task.kind is Kind.NOTEBOOK:
        target, root = _notebook(task, flow)
        arguments = _arguments(task.parameters)
        parts += [Part("", arguments)] if arguments else []
    else:
        target, root = f"{task.name} = ", f"{task.kind}"
        parts.append(Part("", _function_arguments(task)))
    if task.expand:
        parts.append(Part(".expand", _arguments(task.expand)))
    if task.when is not None:
        parts.append(Part(".when", (written(task.when),)))
    parts += _role(task, flow)
    said = write_task_options(task.options)
    if said:
        parts.append(Part(".options", options_written(said)))
    is_copy = target and task.kind is Kind.NOTEBOOK and "(" not in root
    if is_copy and not parts:
        parts.append(Part("", ()))
    return Description(target, root, tuple(parts))


def setups_of(task: Task, flow: Flow) -> list[str]:
    """The set-ups that are written with a teardown, in the order of the tasks."""
    if not task.is_teardown:
        return []
    names = (each.name for each in flow.tasks if each.role is Role.SETUP)
    return [name for name in names if (name, task.name) in flow.edges]


def _role(task: Task, flow: Flow) -> list[Part]:
    """What the task is for. A set-up that a teardown names needs no word of its own."""
    if task.is_teardown:
        setups = setups_of(task, flow)
        shown = setups[0] if len(setups) == 1 else f"[{', '.join(setups)}]"
        said = [f"setups={shown}"] if setups else []
        said += ["fails_run=True"] if task.fails_run else []
        return [Part(".as_teardown", tuple(said))]
    if task.role is not Role.SETUP:
        return []
    is_named = any(flow[down].is_teardown for up, down in flow.edges if up == task.name)
    return [] if is_named else [Part(".as_setup", ())]


def options_written(said: Mapping[str, Any]) -> tuple[str, ...]:
    """Options as arguments of a call."""
    return tuple(f"{name}={written_constant(value)}" for name, value in said.items())


def _notebook(task: Task, flow: Flow) -> tuple[str, str]:
    """What stands before the brackets: what the task is called, and its notebook."""
    notebook = task.notebook or task.name
    if notebook.endswith(SUFFIXES):
        derived = name_of(Kind.NOTEBOOK, notebook) == task.name
        return "" if derived else f"{task.name} = ", f"notebook({written_text(notebook)})"
    if notebook == task.name:
        return "", notebook
    is_free = notebook not in flow or flow[notebook].notebook == notebook
    if is_bare(notebook) and notebook not in FUNCTIONS and is_free:
        return f"{task.name} = ", notebook
    return f"{task.name} = ", f"notebook({written_text(notebook)})"


def _arguments(parameters: Mapping[str, Expression]) -> tuple[str, ...]:
    return tuple(f"{name}={written(value)}" for name, value in parameters.items())


def _function_arguments(task: Task) -> tuple[str, ...]:
    call = CALLS[task.kind]
    given = dict(task.parameters)
    rest = given.pop(call.rest, None) if call.rest is not None else None
    arguments = [written(given.pop(name)) for name in call.positional if name in given]
    if task.kind is Kind.PYTHON and given.pop("source", None) is not None:
        # It was given to the Python API, and its source is no text of a flow.
        arguments = [arguments[0].strip("\"'").partition(":")[2]]
    arguments += _arguments(given)
    if isinstance(rest, DictOf):
        arguments += _arguments(dict(rest.items))
    elif isinstance(rest, Constant):
        arguments += _arguments({name: Constant(value) for name, value in rest.value.items()})
    return tuple(arguments)
