"""The errors, one tree; and `Problem`, a mistake that is described and not yet raised.

Every error says what is wrong, where, and what to do now.

    FlowError
    ├── DefinitionError     a flow or a notebook is not what it must be; carries every problem found
    ├── UsageError          the request makes no sense as it was made
    │   └── NotFoundError   what it names is not there
    ├── ConflictError       somebody else holds it, or it is in a state that does not allow this
    │   └── LeaseLostError  the run is driven by another process now
    ├── UnreachableError    something elsewhere does not answer; it can be asked again later
    │   └── StoreUnreachableError  the database
    └── UnavailableError    the language knows it, this version cannot do it yet

Codes are stable: JF1xx the language, JF2xx notebooks and their parameters, JF3xx runs,
JF4xx requests, JF5xx the store, JF6xx execution, JF9xx not available yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters."""

    #: Nothing starts until it is mended.
    ERROR = "error"
    #: The flow can run; it may not do what was meant.
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place in a file, counted the way people count: cells and lines from 1.

    ``column`` and ``end_column`` count characters from 0, as `ast` does; ``text`` is the line
    they point into. Anything unknown is None (or empty).
    """

    path: str | None = None
    cell: int | None = None
    line: int | None = None
    column: int | None = None
    end_column: int | None = None
    text: str = ""

    def __str__(self) -> str:
        parts = [self.path] if self.path else []
        parts += [f"cell {self.cell}"] if self.cell is not None else []
        parts += [f"line {self.line}"] if self.line is not None else []
        return ", ".join(parts)

    def picture(self) -> str:
        """The line with a caret under the culprit, or nothing when the line is unknown."""
        if not self.text or self.column is None:
            return ""
        bare = self.text.lstrip()
        column = max(0, self.column - (len(self.text) - len(bare)))
        width = max(1, (self.end_column or self.column + 1) - self.column)
        width = min(width, max(1, len(bare) - column))
        return f"    {bare}\n    {' ' * column}{'^' * width}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in a definition: a code, what, where, and what now."""

    code: str
    what: str
    hint: str = ""
    where: Where | None = None
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        word = "" if self.is_error else "warning: "
        lines = [f"{self.code}: {word}{self.what}"]
        if self.where is not None:
            place, picture = str(self.where), self.where.picture()
            lines += [f"  at {place}"] if place else []
            lines += [picture] if picture else []
        lines += [f"  {self.hint}"] if self.hint else []
        return "\n".join(lines)


class FlowError(Exception):
    """The base of everything that jupyter_flow raises on purpose.

    ``exit_status`` and ``http_status`` tell the faces what to answer.
    """

    code = "JF000"
    exit_status = 1
    http_status = 500

    def __init__(
        self, what: str, *, hint: str = "", where: Where | None = None, code: str | None = None
    ) -> None:
        super().__init__(what)
        self.code = code or type(self).code
        self.what = what
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        problem = Problem(code=self.code, what=self.what, hint=self.hint, where=self.where)
        return str(problem)


class DefinitionError(FlowError):
    """A flow or a notebook is not what it must be. All that was found is in ``problems``."""

    code = "JF100"
    exit_status = 2
    http_status = 422

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        first = next((p for p in self.problems if p.is_error), self.problems[0])
        super().__init__(first.what, hint=first.hint, where=first.where, code=first.code)

    def __str__(self) -> str:
        return "\n\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[type[DefinitionError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class UsageError(FlowError):
    """The request makes no sense as it was made."""

    code = "JF400"
    exit_status = 2
    http_status = 400


class NotFoundError(UsageError):
    """What the request names is not there."""

    code = "JF404"
    http_status = 404


class ConflictError(FlowError):
    """Somebody else holds it, or it is in a state that does not allow this."""

    code = "JF409"
    http_status = 409


class LeaseLostError(ConflictError):
    """The run is driven by another process now; this one must not write any more."""

    code = "JF501"


class UnreachableError(FlowError):
    """Something elsewhere does not answer; later it may, and the same call can be made again."""

    http_status = 503


class StoreUnreachableError(UnreachableError):
    """The database does not answer.

    What was to be written is written or not: nobody heard which.
    """

    code = "JF503"


class UnavailableError(FlowError):
    """The language knows it, but this version cannot do it yet."""

    code = "JF900"
    exit_status = 2
    http_status = 501


def raise_if_any(problems: Iterable[Problem]) -> None:
    """Raise one `DefinitionError` with all *problems* if one of them is an error."""
    found = tuple(problems)
    if any(problem.is_error for problem in found):
        raise DefinitionError(found)


def suggestion(name: str, known: Sequence[str], *, noun: str) -> str:
    """What to say after "there is no *noun* called *name*"."""
    near = get_close_matches(name, known, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    if not known:
        return f"There is no {noun} here yet."
    shown = ", ".join(sorted(known)[:12])
    return f"Known {noun}s: {shown}{', …' if len(known) > 12 else ''}."
