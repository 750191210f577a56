"""Why a task did not run and why a run failed, in words that a person can act upon.

Looks at task runs, which the rules do not, so it is asked only once a verdict has fallen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from jupyter_flow.core.commands import Answer, Awaited, Files, Moment, OtherFlow, Query, Word
from jupyter_flow.core.options import TriggerRule
from jupyter_flow.core.run import Run, TaskRun
from jupyter_flow.core.secrets import shown_address
from jupyter_flow.core.states import BAD, GOOD, TaskState
from jupyter_flow.core.words import duration

from .rules import Verdict

#: The reason of a task whose rule can never be met; takes the rule.
NEVER = "it can never start: what it needs has ended, and its rule {} is still not met"

_FATES: Mapping[TaskState, str] = {
    **dict.fromkeys(GOOD, "succeeded"),
    TaskState.FAILED: "failed",
    TaskState.CANCELLED: "was cancelled",
    TaskState.UPSTREAM_FAILED: "could not run",
    TaskState.SKIPPED: "was skipped",
}

_SKIPPED = frozenset({TaskState.SKIPPED})

#: For each rule and verdict, the states of which one upstream explains the verdict. A pair that
#: is missing is explained by the rule as a whole.
_CULPRITS: Mapping[tuple[TriggerRule, Verdict], frozenset[TaskState]] = {
    (TriggerRule.ALL_SUCCESS, Verdict.BLOCK): BAD,
    (TriggerRule.ALL_SUCCESS, Verdict.SKIP): _SKIPPED,
    (TriggerRule.ALL_FAILED, Verdict.SKIP): GOOD | _SKIPPED,
    (TriggerRule.ALL_DONE_MIN_ONE_SUCCESS, Verdict.SKIP): _SKIPPED,
    (TriggerRule.NONE_FAILED, Verdict.BLOCK): BAD,
    (TriggerRule.NONE_SKIPPED, Verdict.SKIP): _SKIPPED,
    (TriggerRule.ALL_SKIPPED, Verdict.SKIP): BAD | GOOD,
}

_WHOLE: Mapping[tuple[TriggerRule, Verdict], str] = {
    (TriggerRule.ALL_DONE_MIN_ONE_SUCCESS, Verdict.BLOCK): "nothing that it needs succeeded",
    (TriggerRule.ALL_DONE_SETUP_SUCCESS, Verdict.SKIP): "everything that it cleans up was skipped",
    (TriggerRule.ALL_DONE_SETUP_SUCCESS, Verdict.BLOCK): "nothing that it cleans up succeeded",
    (TriggerRule.ONE_SUCCESS, Verdict.SKIP): "everything that it needs was skipped",
    (TriggerRule.ONE_SUCCESS, Verdict.BLOCK): "nothing that it needs succeeded",
    (TriggerRule.ONE_FAILED, Verdict.SKIP): "nothing that it needs failed",
    (TriggerRule.ONE_DONE, Verdict.SKIP): "nothing that it needs succeeded or failed",
    (TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS, Verdict.SKIP): "everything that it needs was skipped",
    (TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS, Verdict.BLOCK): "nothing that it needs succeeded",
}


def why(run: Run, task: str, rule: TriggerRule, verdict: Verdict) -> str:
    """Why *rule* came to *verdict* (skip or block) for *task*."""
    is_whole = (rule, verdict) in _WHOLE
    otherwise = BAD if verdict is Verdict.BLOCK and not is_whole else frozenset()
    culprits = _CULPRITS.get((rule, verdict), otherwise)
    culprit = _first_upstream(run, task, culprits) if culprits else None
    said = f"'{culprit.key}' {_FATES[culprit.state]}" if culprit else _WHOLE[rule, verdict]
    return said if rule is TriggerRule.ALL_SUCCESS else f"{said} (its rule is {rule})"


def why_not_set_up(run: Run, setups: Iterable[str], verdict: Verdict) -> str:
    """Which of the *setups* that a task needs explains that it is skipped or blocked."""
    states = _SKIPPED if verdict is Verdict.SKIP else BAD
    runs = (each for name in setups for each in run.runs_of(name) if each.state in states)
    culprit = next(runs)
    return f"'{culprit.key}', which sets it up, {_FATES[culprit.state]}"


def why_failed(run: Run) -> str:
    """Which tasks made *run* fail: those that failed themselves, not what they held up."""
    culprits = (TaskState.FAILED, TaskState.CANCELLED)
    failed = [each.key for each in run.in_order() if each.state in culprits]
    leaves, flow = set(run.plan.flow.leaves), run.plan.flow
    keys = [f"'{key}'" for key in failed if not flow[key.task].is_teardown or key.task in leaves]
    if not keys:
        return "some tasks could not run"
    if len(keys) == 1:
        return f"{keys[0]} did not succeed"
    more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    return f"{len(keys)} tasks did not succeed: {', '.join(keys[:3])}{more}"


def by_whom(done: str, who: str) -> str:
    """``cancelled by ann``, or only ``cancelled``."""
    return f"{done} by {who}" if who else done


def time_limit(limit: timedelta) -> str:
    """Why a run was stopped that took longer than *limit*."""
    return f"the run's time limit of {duration(limit)} passed"


def past_awaited(task: str) -> str:
    """What a task waits for that depends on the run before."""
    return f"waits for {task!r} of the run before"


def awaited(what: Awaited) -> str:
    """What a task waits for that is a wait."""
    match what:
        case OtherFlow(flow=flow):
            return f"waits for a run of {flow!r}"
        case Moment(at=at):
            return f"waits until {at:%Y-%m-%d %H:%M:%S %Z}"
        case Word(question=question):
            return f"asks: {question}"
        case _:
            return f"waits for {_shown(what)}"


def noted(what: Awaited, seen: str, pauses: str) -> str:
    """The same, with what was *seen* last and how long the *pauses* between looks are."""
    return shortened(f"{awaited(what)}: {seen} (looks every {pauses})")


def pauses(every: timedelta, backoff: float, longest: timedelta | None) -> str:
    """How long it is from one look to the next."""
    if backoff <= 1:
        return duration(every)
    most = f"up to {duration(longest)}" if longest is not None else "longer each time"
    return f"{duration(every)}, {most}"


def awaited_in_vain(what: Awaited, timeout: timedelta | None, seen: str = "") -> str:
    """Why such a task did not succeed."""
    within = f" within {duration(timeout)}" if timeout is not None else ""
    if isinstance(what, Word):
        return f"nobody answered{within}: {what.question}"
    if isinstance(what, OtherFlow):
        return f"no run of {what.flow!r} succeeded{within}"
    return f"waited in vain for {_shown(what)}{within}{f': {seen}' if seen else ''}"


def _shown(what: Awaited) -> str:
    match what:
        case Files(pattern=pattern):
            return shown_address(pattern) if "://" in pattern and "@" in pattern else pattern
        case Answer(url=url, connection=None):
            return f"a good answer of {shown_address(url)}"
        case Answer(connection=connection):
            return f"a good answer of {connection!r}"
        case Query(connection=connection, any_row=any_row):
            return f"a query of {connection!r} to {'find a row' if any_row else 'be true'}"
        case _:
            return "its turn"


def shortened(text: str, length: int = 500) -> str:
    """The first line of *text*, cut to *length*: for reasons, which go into every list."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _first_upstream(run: Run, task: str, states: frozenset[TaskState]) -> TaskRun | None:
    upstream = run.plan.flow.graph.upstream[task]
    each_run = (each for name in upstream for each in run.runs_of(name))
    return next((each for each in each_run if each.state in states), None)
