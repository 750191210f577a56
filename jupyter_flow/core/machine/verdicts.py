"""What is to become of a task that is not decided: its trigger rule, and its set-ups.

A task in the scope of a set-up needs that it succeeded, also when it does not come right after
it. A teardown waits for everything between its set-ups and itself, whatever comes right before it.
"""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_flow.core.options import TriggerRule
from jupyter_flow.core.run import Run
from jupyter_flow.core.tally import Tally

from .reasons import why, why_not_set_up
from .rules import Verdict, judge, judge_setups

__all__ = ["Verdict", "blame", "is_waiting_by_rule", "verdict_on"]


def verdict_on(run: Run, task: str) -> Verdict:
    """What follows for *task* from how the tasks before it have ended."""
    first = _by_setups(run, task)
    if first in (Verdict.BLOCK, Verdict.SKIP):
        return first
    verdict = _by_rule(run, task)
    if verdict is not Verdict.RUN:
        return verdict
    return first if _is_left_alone(run, task) else Verdict.WAIT


def blame(run: Run, task: str, verdict: Verdict) -> str:
    """Why *verdict* (skip or block) fell on *task*, in words."""
    if _by_setups(run, task) is verdict:
        return why_not_set_up(run, run.plan.flow.scopes.needed[task], verdict)
    return why(run, task, run.plan.policy(task).trigger, verdict)


def is_waiting_by_rule(run: Run, task: str) -> bool:
    """Whether all before *task* has ended and its rule is not met: it never will be."""
    return run.tallies[task].is_done and _by_rule(run, task) is Verdict.WAIT


def _by_rule(run: Run, task: str) -> Verdict:
    rule = run.plan.policy(task).trigger
    setups = run.plan.flow.scopes.setups.get(task, ())
    return judge(rule, run.tallies[task], _tally(run, setups))


def _by_setups(run: Run, task: str) -> Verdict:
    needed = run.plan.flow.scopes.needed.get(task)
    if needed is None or run.plan.policy(task).trigger is TriggerRule.ALWAYS:
        return Verdict.RUN
    return judge_setups(_tally(run, needed))


def _is_left_alone(run: Run, task: str) -> bool:
    """Whether all that is between the set-ups of *task* and itself has come to rest."""
    between = run.plan.flow.scopes.between.get(task, ())
    runs = (each for name in between for each in run.runs_of(name))
    return all(each.state.is_final and not each.is_open for each in runs)


def _tally(run: Run, tasks: Iterable[str]) -> Tally:
    tally = Tally()
    for each in (each for name in tasks for each in run.runs_of(name)):
        tally = tally.plus(each.state, 1)
    return tally
