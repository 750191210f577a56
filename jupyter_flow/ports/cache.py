"""What is remembered of earlier attempts, so that the same need not be done again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from jupyter_flow.core.fingerprints import Fingerprint
from jupyter_flow.core.ids import AttemptId
from jupyter_flow.core.options import Cache as Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an attempt that succeeded came to. ``values`` are what it handed on."""

    origin: AttemptId
    fingerprint: Fingerprint
    ended_at: datetime
    values: Mapping[str, Any] = field(default_factory=dict)


class ResultStore(Protocol):
    """Keeps results. They go when the run goes in which they were made.

    A result counts as long as its attempt is the latest of its task run, which succeeded by it:
    what was done again, or marked by a person, is no result any more.
    Every implementation must pass ``jupyter_flow.testing.contracts.ResultStoreContract``.
    """

    def keep(self, origin: AttemptId, fingerprint: Fingerprint, *, now: datetime) -> None:
        """From now on, what *origin* came to is the result for this fingerprint.

        Nothing happens if its run has gone by now.
        """

    def find(self, key: str) -> Result | None:
        """The result for the fingerprint with that key."""

    def newest(self, gist: str) -> Result | None:
        """The latest result for fingerprints with that gist."""

    def latest(self, notebook: str) -> Result | None:
        """The latest result of that notebook, whatever its fingerprint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A task that may run: is there a result for it?

    ``snapshot`` is the file that would be executed and ``digest`` names it; ``notebook`` is the
    path that people know. ``parameters`` and ``variables`` are final. ``upstream`` has what is
    known of the tasks before it. ``inputs`` are the files that it reads, None when nobody said.
    """

    rule: Rule
    notebook: str
    snapshot: Path
    digest: str
    folder: Path
    kernel: str | None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    upstream: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``result`` is what may be restored, if there is anything; ``why`` says why not, or why.

    ``fingerprint`` is the task's as it is now; None when it could not be taken. ``nearest`` is that
    of the result which ``why`` compares it with.
    """

    result: Result | None = None
    fingerprint: Fingerprint | None = None
    nearest: Fingerprint | None = None
    why: str = ""


class Cache(Protocol):
    """Remembers results and finds them again."""

    def ask(self, question: Question, tell: Callable[[Answer], None]) -> None:
        """Begin to look for a result and return at once; *tell* is called once, from any thread."""

    def answer(self, question: Question) -> Answer:
        """Look for a result; takes as long as it takes to read what the task depends on."""

    def remember(self, origin: AttemptId, fingerprint: Fingerprint, question: Question) -> None:
        """*origin* has succeeded. Nothing is remembered if a file that it reads has changed since
        *fingerprint* was taken.
        """

    def close(self) -> None:
        """Look for nothing any more."""


class NoCache:
    """A cache that remembers nothing."""

    def ask(self, question: Question, tell: Callable[[Answer], None]) -> None:
        """There is no result."""
        tell(self.answer(question))

    def answer(self, question: Question) -> Answer:  # noqa: ARG002  a Cache is asked so
        """There is no result."""
        return Answer(why="nothing is remembered here")

    def remember(self, origin: AttemptId, fingerprint: Fingerprint, question: Question) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """There is nothing to be closed."""
