"""What may lie in a driver's inbox beside the events of its run."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_flow.core.commands import Await, Enqueue
from jupyter_flow.core.events import Event
from jupyter_flow.core.ids import TaskKey
from jupyter_flow.ports.cache import Answer, Question
from jupyter_flow.ports.lookout import Sight


@dataclass(frozen=True, slots=True)
class Granted:
    """A slot is free for *key*."""

    key: TaskKey


@dataclass(frozen=True, slots=True)
class Recalled:
    """It was looked whether *wanted* has a result already."""

    wanted: Enqueue
    question: Question
    answer: Answer


@dataclass(frozen=True, slots=True)
class Glance:
    """Time to see how far the runs are that are attempts of tasks."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Time to renew the lease and to look for requests."""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody says that there is something new in the store."""


@dataclass(frozen=True, slots=True)
class Leave:
    """This process is to go: start nothing more; with *hurry*, wait for nothing either."""

    hurry: bool


@dataclass(frozen=True, slots=True)
class Flush:
    """Time to write down how far the attempt of *key* has come."""

    key: TaskKey


@dataclass(frozen=True, slots=True)
class Poke:
    """Time to see whether what *key* waits for has come."""

    await_: Await


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody looked for what is waited for."""

    await_: Await
    sight: Sight


Message = Event | Granted | Recalled | Glance | Beat | Look | Leave | Flush | Poke | Seen
