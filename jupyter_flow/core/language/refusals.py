"""What a flow does not say, and what to write instead. The words only; finding it is elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Mapping

#: What there is, and what to do instead.
Words = tuple[str, str]

_COMPUTE = "Compute it in a notebook, which hands it on: jupyter_flow.output(name=value)."
_IN_NOTEBOOK = "A flow is a description. Put code into a notebook and name that here."

#: Statements that are no part of a flow.
STATEMENTS: Mapping[type[ast.stmt], Words] = {
    ast.Import: ("an import", _IN_NOTEBOOK),
    ast.ImportFrom: ("an import", _IN_NOTEBOOK),
    ast.FunctionDef: (
        "a function",
        'Put it into a module and write python("module:function").',
    ),
    ast.AsyncFunctionDef: ("a function", 'Put it into a module: python("module:function").'),
    ast.ClassDef: ("a class", _IN_NOTEBOOK),
    ast.For: ("a loop", "To run a task for each item of a list, write train.expand(name=[…])."),
    ast.AsyncFor: ("a loop", "To run a task for each item, write train.expand(name=[…])."),
    ast.While: ("a loop", "To try again, write train.options(retries=3)."),
    ast.If: ("an if", "To run a task only sometimes, write train.when(condition)."),
    ast.Match: ("a match", "To run a task only sometimes, write train.when(condition)."),
    ast.AsyncWith: ("a with", "The tasks stand on lines of their own, without a with."),
    ast.Try: (
        "a try",
        'To run a task after a failure, write tidy.options(trigger="one_failed").',
    ),
    ast.TryStar: (
        "a try",
        'To run a task after a failure, write tidy.options(trigger="one_failed").',
    ),
    ast.Raise: ("a raise", _IN_NOTEBOOK),
    ast.Assert: ("an assert", "Check it in a notebook; if that fails, what follows does not run."),
    ast.Delete: ("a del", "Take the task out of the text."),
    ast.Return: ("a return", _IN_NOTEBOOK),
    ast.Global: ("a global", _IN_NOTEBOOK),
    ast.Nonlocal: ("a nonlocal", _IN_NOTEBOOK),
    ast.Pass: ("a pass", "Leave the line out."),
    ast.Break: ("a break", _IN_NOTEBOOK),
    ast.Continue: ("a continue", _IN_NOTEBOOK),
    ast.AnnAssign: ("an annotation", "Write x = train(…), without a type."),
    ast.AugAssign: ("an assignment with an operator", "Write a >> b."),
}

#: Expressions that are no values.
VALUES: Mapping[type[ast.expr], Words] = {
    ast.JoinedStr: ("an f-string", 'Write a template: "{{ params.n }}", "{{ ds }}".'),
    ast.BinOp: ("arithmetic", _COMPUTE),
    ast.Lambda: ("a lambda", _COMPUTE),
    ast.ListComp: ("a comprehension", "Write the list out, or hand it on from a notebook."),
    ast.SetComp: ("a comprehension", "Write the list out, or hand it on from a notebook."),
    ast.DictComp: ("a comprehension", "Write it out, or hand it on from a notebook."),
    ast.GeneratorExp: ("a comprehension", "Write the list out, or hand it on from a notebook."),
    ast.IfExp: ("an if", "Make two tasks, each with its .when(condition)."),
    ast.Set: ("a set", "Write a list: [1, 2]."),
    ast.Starred: ("a star", "Write the items out."),
    ast.NamedExpr: ("an assignment", "Write the value itself."),
    ast.Await: ("an await", _COMPUTE),
    ast.Yield: ("a yield", _COMPUTE),
    ast.YieldFrom: ("a yield", _COMPUTE),
    ast.Slice: ("a slice", _COMPUTE),
    ast.FormattedValue: ("an f-string", 'Write a template: "{{ params.n }}".'),
    ast.Compare: ("a comparison", "Conditions stand in train.when(…)."),
    ast.BoolOp: ("a condition", "Conditions stand in train.when(…)."),
}

#: Functions that people call where a value is wanted.
CALLS: Mapping[str, str] = {
    "date": 'Write the date as a text: "2026-01-31", or a template: "{{ ds }}".',
    "datetime": 'Write the time as a text: "2026-01-31T06:00", or a template: "{{ ts }}".',
    "timedelta": 'Write the length of time as a text: "1h30m".',
    "Path": 'Write the path as a text: "folder/file.csv".',
    "dict": 'Write the dict out: {"name": value}.',
    "list": "Write the list out: [1, 2].",
    "tuple": "Write a list: [1, 2].",
    "range": "Write the list out: [0, 1, 2].",
    "str": 'Write a template: "{{ params.n }}".',
}

#: Names that other languages have for constants.
CONSTANTS: Mapping[str, str] = {
    "true": "True",
    "false": "False",
    "null": "None",
    "none": "None",
    "nan": "None",
    "inf": "None",
}


def no_owner(part: ast.Attribute | ast.Subscript) -> tuple[str, str, str]:
    """Why ``a.b.c``, ``f().x`` and the like are no values: a code, what, and what now."""
    text = ast.unparse(part)
    if isinstance(part.value, ast.Attribute | ast.Subscript):
        what = f"{text} is a part of a value, and only whole values can be used"
        hint = "Hand that part on as a value of its own: jupyter_flow.output(name=value)."
    elif isinstance(part.value, ast.Call):
        what = f"{text} describes a task where a value is wanted"
        hint = "Describe the task on a line of its own, and write task.value here."
    else:
        what, hint = f"{text} is no value of a task", "Write task.value."
    return "JF115", what, hint


def no_value(part: ast.expr) -> tuple[str, str, str]:
    """Why *part* is no value: a code, what, and what now."""
    match part:
        case ast.Name(id="params"):
            return "JF105", "'params' is all parameters", "Write params.name."
        case ast.Name(id=name) if name.lower() in CONSTANTS:
            return "JF105", f"{name!r} is no constant", f"Write {CONSTANTS[name.lower()]}."
        case ast.Name(id=name):
            hint = f'Write {name}.value with the name of a value, or "{name}" for a text.'
            return "JF105", f"{name!r} is a task, not a value", hint
        case ast.Call():
            return _no_call(part)
        case ast.UnaryOp(op=ast.Not()):
            noun, hint = VALUES[ast.BoolOp]
        case ast.UnaryOp():
            noun, hint = VALUES[ast.BinOp]
        case _:
            noun, hint = VALUES.get(type(part), ("this", "Write a constant."))
    return "JF105", f"{noun} cannot be written here", hint


def _no_call(part: ast.Call) -> tuple[str, str, str]:
    name = part.func.id if isinstance(part.func, ast.Name) else ast.unparse(part.func)
    called = name.rpartition(".")[2]
    hint = CALLS.get(called, "Compute it in a notebook, which hands it on.")
    return "JF105", f"'{name}(…)' cannot be called in a value", hint


def no_task(root: ast.expr) -> tuple[str, str, str]:
    """Why what begins with *root* is no task: a code, what, and what now."""
    text = ast.unparse(root)
    match root:
        case ast.Name(id="params"):
            hint = "Write params(n=10) on a line of its own, before the tasks."
            return "JF117", "'params' is no task", hint
        case ast.Constant(value=str(name)) if name.isidentifier():
            hint = f"Without quotes: {name}."
        case ast.Constant(value=str()):
            hint = "A task is written as its name, without quotes."
        case ast.Attribute(value=ast.Name(id=owner)) | ast.Subscript(value=ast.Name(id=owner)):
            hint = f"Write {owner} for the task; use the value in parameters and conditions."
            return "JF109", f"{_short(text)} is a value, not a task", hint
        case ast.Compare(left=ast.Name(id=left), comparators=[ast.Name(id=right)]):
            hint = f"Tasks are chained with >>: {left} >> {right}."
        case ast.BinOp() | ast.BoolOp() | ast.Compare():
            hint = "Tasks are chained with >> or <<."
        case _:
            hint = "Only tasks and lists of tasks can stand here."
    return "JF109", f"{_short(text)} is not a task", hint


def _short(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= 40 else f"{line[:39]}…"
