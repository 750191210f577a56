"""What can be wrong with a pipeline that is to be imported: each with its place and its remedy.

Makes problems and errors; finds none, and raises nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_flow.core.errors import (
    ConflictError,
    NotFoundError,
    Problem,
    UsageError,
    Where,
    suggestion,
)


def broken(shown: str, why: str, *, line: int | None = None) -> UsageError:
    """The file is no pipeline at all."""
    return UsageError(
        f"{shown!r} cannot be read as a pipeline: {why}",
        hint="Open it in the tool that wrote it and mend it there, or give another file.",
        where=Where(path=shown, line=line),
        code="JF450",
    )


def no_file(shown: str) -> NotFoundError:
    """There is no pipeline to read."""
    return NotFoundError(
        f"there is no file {shown!r}",
        hint="Paths count from the folder in which the command is given.",
        code="JF404",
    )


def unknown_version(shown: str, version: object, known: str) -> UsageError:
    """A format that this cannot read."""
    return UsageError(
        f"version {version} of this pipeline is not known",
        hint=f"Known are: {known}. Save it with a version of the tool that writes one of these.",
        where=Where(path=shown),
        code="JF451",
    )


def nothing_left(shown: str, components: Sequence[str]) -> UsageError:
    """No task of the pipeline can be run here."""
    has = f"all it has is {', '.join(map(repr, components))}" if components else "it is empty"
    return UsageError(
        f"no task of {shown!r} can be carried over: {has}",
        hint="A flow runs notebooks, scripts and commands. Write what the components do as such."
        if components
        else "Put a task into it, or give another file.",
        where=Where(path=shown),
        code="JF459",
    )


def _problem(what: str, *, code: str, hint: str, shown: str) -> Problem:
    return Problem(code=code, what=what, hint=hint, where=Where(path=shown))


def missing_file(shown: str, task: str, path: str) -> Problem:
    """A task runs a file that is not there."""
    return _problem(
        f"the file {path!r} of task {task!r} is not there",
        hint="Paths count from the pipeline's folder. Put the file there, or mend its path.",
        shown=shown,
        code="JF452",
    )


def cycle(shown: str, names: Sequence[str]) -> Problem:
    """Tasks wait for each other; *names* go round once."""
    return _problem(
        f"these tasks wait for each other: {' → '.join(names)}",
        hint="Take one of these links out of the pipeline.",
        shown=shown,
        code="JF453",
    )


def unknown_upstream(shown: str, task: str, upstream: str, known: Sequence[str]) -> Problem:
    """A task waits for one that is not there."""
    return _problem(
        f"task {task!r} waits for {upstream!r}, which the pipeline does not have",
        hint=suggestion(upstream, known, noun="task"),
        shown=shown,
        code="JF454",
    )


def no_value(shown: str, name: str, known: Sequence[str]) -> Problem:
    """A placeholder that nothing gives a value."""
    return _problem(
        f"the placeholder {{{{{name}}}}} has no value",
        hint=f"Give it one in env.yaml. {suggestion(name, known, noun='placeholder')}",
        shown=shown,
        code="JF455",
    )


def no_worth(shown: str, expression: str, why: str) -> Problem:
    """A placeholder whose value must be known now, and cannot be."""
    return _problem(
        f"the placeholder {expression} has no value: {why}",
        hint="Write a name of env.yaml there, or the value itself.",
        shown=shown,
        code="JF455",
    )


def unreadable_task(shown: str, task: str, why: str, hint: str) -> Problem:
    """A task of which no notebook can be made."""
    return _problem(
        f"task {task!r} cannot be carried over: {why}", hint=hint, shown=shown, code="JF456"
    )


def taken(shown: Sequence[str]) -> ConflictError:
    """Files are in the way."""
    return ConflictError(
        f"{', '.join(shown)} would be written over",
        hint="Nothing was written. Give another folder with -o, or say --force.",
        code="JF457",
    )


def not_ours(shown: Sequence[str]) -> ConflictError:
    """Files of the pipeline itself are in the way."""
    return ConflictError(
        f"{', '.join(shown)} is a file that the pipeline runs, and would be written over",
        hint="Nothing was written. Give another folder with -o.",
        code="JF458",
    )
