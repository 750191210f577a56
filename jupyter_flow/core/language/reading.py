"""From the text of a ``%%flow`` cell to a `Flow`, with everything that is wrong with it.

The text is parsed with `ast` and never executed. Nothing is raised for bad input; all mistakes
are found together, apart from those of syntax, which hide the others.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass

from jupyter_flow.core.errors import Problem, Where
from jupyter_flow.core.flow import Flow, FlowParameter
from jupyter_flow.core.syntax import parse_module
from jupyter_flow.core.task_names import suggested_by

from .checks import check, without_loops
from .findings import Findings, Spans
from .line import LineReading, is_flow_name, read_line
from .places import Page
from .statements import Body

MAGIC = "%%flow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read. ``spans`` tell where things stand (see `findings`).

    ``name`` is what the flow is called, also when nothing else of it could be read.

    ``flow`` is there whenever it is worth looking for further mistakes in; what was wrong is left
    out of it. It must not be run while one of the ``problems`` is an error.
    """

    name: str
    flow: Flow | None
    problems: tuple[Problem, ...]
    spans: Spans


def read(
    text: str,
    *,
    line: str = "",
    path: str | None = None,
    cell: int | None = None,
    first_line: int = 2,
) -> Reading:
    """Read the flow in *text*, the body of a cell whose magic line was ``%%flow`` *line*.

    A *text* that begins with ``%%flow`` itself is a whole cell. *path* and *cell* are where it
    stands; the body begins at *first_line* of the cell. Without a name on the line the flow is
    called as the file is.
    """
    head, body, first_line = _split(text, line, first_line)
    top = Findings(page=Page.of(head, path=path, cell=cell, first_line=first_line - 1))
    said = read_line(head.lstrip()[len(MAGIC) :], top, offset=len(head) - len(head.lstrip()) + 6)
    top.mark(("flow",), top.page.at(1, 0, len(head.rstrip())))
    page = Page.of(body, path=path, cell=cell, first_line=first_line)
    findings = Findings(page=page, problems=top.problems, spans=top.spans)
    name = _name(said, path)
    try:
        flow = _read_body(said, findings, name)
    except RecursionError:
        what, hint = "the flow is nested too deeply", "Break it into several lines."
        findings.refuse("JF103", what, hint, page.at(1))
        flow = None
    problems = sorted(dict.fromkeys(findings.problems), key=_place)
    return Reading(name=name, flow=flow, problems=tuple(problems), spans=findings.spans)


def _split(text: str, line: str, first_line: int) -> tuple[str, str, int]:
    """The magic line, the body, and the number of the body's first line."""
    bare = text.lstrip()
    if line or not bare.startswith(MAGIC) or bare[len(MAGIC) : len(MAGIC) + 1].strip():
        return f"{MAGIC} {line}", text, first_line
    before = text[: len(text) - len(bare)].count("\n")
    head, _, body = bare.replace("\r\n", "\n").partition("\n")
    return head, body, first_line + before


def _read_body(said: LineReading, findings: Findings, name: str) -> Flow | None:
    module = _parse(findings)
    if module is None:
        return None
    body = Body(findings)
    body.read(module)
    params = dict(said.params)
    for param, default in body.params.items():
        if param in params and repr(params[param]) != repr(default):
            what = f"the parameter {param!r} is declared here and on the first line, differently"
            findings.refuse("JF117", what, "Take one away.", findings.spans["param", param])
        params[param] = default
    tasks, edges, groups = body.made()
    flow = Flow(
        name=name,
        tasks=tasks,
        edges=edges,
        groups=groups,
        params=tuple(
            FlowParameter(name=param, default=default) for param, default in params.items()
        ),
        options=said.options,
        defaults=said.defaults,
        description=body.description,
    )
    # When something was refused, the tasks may be missing because of that.
    if flow.tasks or not any(problem.is_error for problem in findings.problems):
        findings.problems += check(flow, findings.spans)
    return without_loops(flow) if body.is_whole and flow.tasks else None


def _name(said: LineReading, path: str | None) -> str:
    if said.name is not None:
        return said.name if is_flow_name(said.name) else suggested_by(said.name)
    if path is None:
        return "flow"
    stem = path.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    return suggested_by(stem) if any(map(str.isalpha, stem)) else "flow"


def _parse(findings: Findings) -> ast.Module | None:
    page = findings.page
    try:
        with warnings.catch_warnings():
            # A pattern such as "\d" in a query is no concern of the reader's.
            warnings.simplefilter("ignore")
            return parse_module(page.text)
    except SyntaxError as error:
        findings.refuse("JF103", *_words(error, page), _where(error, page))
    except (RecursionError, MemoryError):
        what, hint = "the flow is nested too deeply", "Break it into several lines."
        findings.refuse("JF103", what, hint, page.at(1))
    except ValueError as error:
        what = f"the flow cannot be read: {error}"
        findings.refuse("JF103", what, "Take out the characters that cannot be seen.", page.at(1))
    return None


def _words(error: SyntaxError, page: Page) -> tuple[str, str]:
    line = page.line(error.lineno or 1).lstrip()
    if line[:1] in ("%", "!"):
        hint = "Put magics and shell commands into cells of their own."
        return "a flow holds no magics", hint
    if "indent" in error.msg:
        return f"this is not Python: {error.msg}", "Let each line begin at the margin."
    hint = "A flow is written in Python's syntax: extract >> clean >> train(seed=1)."
    return f"this is not Python: {error.msg}", hint


def _where(error: SyntaxError, page: Page) -> Where:
    line, column = error.lineno or 1, max(0, (error.offset or 1) - 1)
    is_one_line = error.end_lineno == line and (error.end_offset or 0) > column + 1
    return page.at(line, column, (error.end_offset or 0) - 1 if is_one_line else column + 1)


def _place(problem: Problem) -> tuple[int, int]:
    where = problem.where
    return (where.line or 0, where.column or 0) if where is not None else (0, 0)
