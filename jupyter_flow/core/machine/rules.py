"""The trigger rules: how the upstreams of a task have ended, in; what to do with it, out.

The thirteen rules have Airflow's names and its meanings, oddities included: ``all_failed`` takes
an upstream that never ran for one that failed, ``one_done`` does not, and ``all_skipped`` waits
for ever when an upstream was removed (the machine notices that, and ends it). Each function reads
like the row of the table that it is: first what ends the task, as soon as that is certain, then
what starts it. None of them looks at a task run: the counts are all there is to know.

A set-up says something to tasks that are not right after it too (`judge_setups`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from jupyter_flow.core.options import TriggerRule
from jupyter_flow.core.tally import Tally


class Verdict(StrEnum):
    """What a trigger rule says."""

    #: It may start.
    RUN = "run"
    #: It cannot be said yet.
    WAIT = "wait"
    #: It will not run in this run, and that is no failure.
    SKIP = "skip"
    #: It cannot run, because something that it needs failed.
    BLOCK = "block"


_NO_SETUPS = Tally()


def judge(rule: TriggerRule, tally: Tally, setups: Tally = _NO_SETUPS) -> Verdict:
    """What *rule* says of a task whose upstreams have ended as *tally* counts.

    *setups* counts those of them that are set-ups: a teardown looks at them. A task that needs
    nothing runs, whatever its rule.
    """
    if not tally.total:
        return Verdict.RUN
    verdict = _RULES[rule](tally)
    if rule is TriggerRule.ALL_DONE_SETUP_SUCCESS and verdict is Verdict.RUN and setups.total:
        return _clean_up(setups)
    return verdict


def judge_setups(setups: Tally) -> Verdict:
    """What the set-ups in whose scope a task is say to it, those right before it left aside."""
    if setups.failed or setups.upstream_failed:
        return Verdict.BLOCK
    if setups.skipped:
        return Verdict.SKIP
    return _run_if(setups.succeeded + setups.removed >= setups.total)


def _clean_up(setups: Tally) -> Verdict:
    """All has ended: there is something to clean up if a set-up succeeded."""
    if setups.skipped >= setups.total:
        return Verdict.SKIP
    return Verdict.RUN if setups.succeeded else Verdict.BLOCK


def _all_success(up: Tally) -> Verdict:
    if up.failed or up.upstream_failed:
        return Verdict.BLOCK
    if up.skipped:
        return Verdict.SKIP
    return _run_if(up.succeeded + up.removed >= up.total)


def _all_failed(up: Tally) -> Verdict:
    if up.succeeded or up.skipped:
        return Verdict.SKIP
    return _run_if(up.failed + up.upstream_failed + up.removed >= up.total)


def _all_done(up: Tally) -> Verdict:
    return _run_if(up.is_done)


def _all_done_min_one_success(up: Tally) -> Verdict:
    if up.skipped:
        return Verdict.SKIP
    if not up.is_done:
        return Verdict.WAIT
    return Verdict.RUN if up.succeeded else Verdict.BLOCK


def _one_success(up: Tally) -> Verdict:
    if up.succeeded:
        return Verdict.RUN
    if not up.is_done:
        return Verdict.WAIT
    return Verdict.SKIP if up.skipped == up.total else Verdict.BLOCK


def _one_failed(up: Tally) -> Verdict:
    if up.failed or up.upstream_failed:
        return Verdict.RUN
    return Verdict.SKIP if up.is_done else Verdict.WAIT


def _one_done(up: Tally) -> Verdict:
    if up.succeeded or up.failed:
        return Verdict.RUN
    return Verdict.SKIP if up.is_done else Verdict.WAIT


def _none_failed(up: Tally) -> Verdict:
    if up.failed or up.upstream_failed:
        return Verdict.BLOCK
    return _run_if(up.is_done)


def _none_failed_min_one_success(up: Tally) -> Verdict:
    if up.failed or up.upstream_failed:
        return Verdict.BLOCK
    if not up.is_done:
        return Verdict.WAIT
    if up.skipped == up.total:
        return Verdict.SKIP
    return Verdict.RUN if up.succeeded else Verdict.BLOCK


def _none_skipped(up: Tally) -> Verdict:
    if up.skipped:
        return Verdict.SKIP
    return _run_if(up.is_done)


def _all_skipped(up: Tally) -> Verdict:
    if up.succeeded or up.failed or up.upstream_failed:
        return Verdict.SKIP
    return _run_if(up.skipped >= up.total)


def _always(_: Tally) -> Verdict:
    return Verdict.RUN


def _run_if(met: bool) -> Verdict:
    return Verdict.RUN if met else Verdict.WAIT


_RULES: Mapping[TriggerRule, Callable[[Tally], Verdict]] = {
    TriggerRule.ALL_SUCCESS: _all_success,
    TriggerRule.ALL_FAILED: _all_failed,
    TriggerRule.ALL_DONE: _all_done,
    TriggerRule.ALL_DONE_MIN_ONE_SUCCESS: _all_done_min_one_success,
    # Where there is a set-up, `judge` asks about that too.
    TriggerRule.ALL_DONE_SETUP_SUCCESS: _all_done,
    TriggerRule.ONE_SUCCESS: _one_success,
    TriggerRule.ONE_FAILED: _one_failed,
    TriggerRule.ONE_DONE: _one_done,
    TriggerRule.NONE_FAILED: _none_failed,
    TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS: _none_failed_min_one_success,
    TriggerRule.NONE_SKIPPED: _none_skipped,
    TriggerRule.ALL_SKIPPED: _all_skipped,
    TriggerRule.ALWAYS: _always,
}
