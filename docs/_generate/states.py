"""The states and the moves between them, from `jupyter_flow.core.states`."""

from __future__ import annotations

from jupyter_flow.core.run import Cause
from jupyter_flow.core.states import FINAL, LIVE, MOVES, Outcome, RunState, Signal, TaskState

from .tables import meanings, members, table

#: What people say to a task, and not the machine by itself.
BY_HAND = (Signal.CANCEL, Signal.CLEAR, Signal.MARK_SUCCEEDED, Signal.MARK_FAILED)


def task_states() -> str:
    """All states of a task run and what they mean."""
    rows = (
        (
            f"`{state}`",
            meanings(TaskState)[state],
            "final" if state in FINAL else "live",
            "success" if state.is_good else "failure" if state.is_bad else "",
        )
        for state in TaskState
    )
    return table(("state", "meaning", "", "counts as"), rows)


def run_states() -> str:
    """All states of a run."""
    return members(RunState, ("state", "meaning"))


def outcomes() -> str:
    """How an attempt ends."""
    return members(Outcome, ("outcome", "meaning"))


def causes() -> str:
    """Why an attempt fails."""
    return members(Cause, ("cause", "meaning"))


def moves() -> str:
    """Every legal move: one row for each signal that a state can take."""
    rows = []
    for signal in Signal:
        ways: dict[TaskState, list[TaskState]] = {}
        for (before, said), after in MOVES.items():
            if said is signal:
                ways.setdefault(after, []).append(before)
        rows += [(f"`{signal}`", _names(before), f"`{after}`") for after, before in ways.items()]
    return table(("signal", "from", "to"), rows)


def _names(states: list[TaskState]) -> str:
    """The states by name, or what they have in common if they are many."""
    for words, group in (("any live state", LIVE), ("any final state", FINAL)):
        if set(states) == set(group):
            return words
    missing = [state for state in TaskState if state not in states]
    if len(missing) == 1:
        return f"any state but `{missing[0]}`"
    return ", ".join(f"`{state}`" for state in TaskState if state in states)
