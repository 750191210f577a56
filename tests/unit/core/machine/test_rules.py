"""The thirteen trigger rules, held against Airflow's table."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations_with_replacement

import pytest

from jupyter_flow.core.machine.rules import Verdict, judge
from jupyter_flow.core.options import TriggerRule
from jupyter_flow.core.run import Tally
from jupyter_flow.core.states import TaskState

LETTERS = {
    "S": TaskState.SUCCEEDED,
    "F": TaskState.FAILED,
    "U": TaskState.UPSTREAM_FAILED,
    "K": TaskState.SKIPPED,
    "R": TaskState.REMOVED,
    ".": TaskState.PENDING,
}
WORDS = {
    "run": Verdict.RUN,
    "wait": Verdict.WAIT,
    "skip": Verdict.SKIP,
    "block": Verdict.BLOCK,
}


def tally_of(states: Iterable[TaskState]) -> Tally:
    tally = Tally()
    for state in states:
        tally = tally.plus(state, 1)
    return tally


def tally(letters: str) -> Tally:
    """``SF.`` is one that succeeded, one that failed and one that is pending."""
    return tally_of(LETTERS[letter] for letter in letters)


#: What each rule says when there is one upstream, in each of its states.
ONE_UPSTREAM = """
                              S      F      U      K      R      .
all_success                   run    block  block  skip   run    wait
all_failed                    skip   run    run    skip   run    wait
all_done                      run    run    run    run    run    wait
all_done_min_one_success      run    block  block  skip   block  wait
all_done_setup_success        run    run    run    run    run    wait
one_success                   run    block  block  skip   block  wait
one_failed                    skip   run    run    skip   skip   wait
one_done                      run    run    skip   skip   skip   wait
none_failed                   run    block  block  run    run    wait
none_failed_min_one_success   run    block  block  skip   block  wait
none_skipped                  run    run    run    skip   run    wait
all_skipped                   skip   skip   skip   run    wait   wait
always                        run    run    run    run    run    run
"""


def rows(table: str) -> list[tuple[TriggerRule, str, Verdict]]:
    return list(_rows(table))


def _rows(table: str) -> Iterable[tuple[TriggerRule, str, Verdict]]:
    head, *body = table.strip().splitlines()
    for line in body:
        rule, *words = line.split()
        for letters, word in zip(head.split(), words, strict=True):
            yield TriggerRule(rule), letters, WORDS[word]


@pytest.mark.parametrize(("rule", "letters", "verdict"), rows(ONE_UPSTREAM))
def test_with_one_upstream(rule: TriggerRule, letters: str, verdict: Verdict) -> None:
    assert judge(rule, tally(letters)) is verdict


#: Several upstreams: what is certain before all have ended, and what only then.
SEVERAL_UPSTREAMS = """
                              S.     F.     U.     K.     R.     SF     SK     FK     SR     KR     KK     UU     SU
all_success                   wait   block  block  skip   wait   block  skip   block  run    skip   skip   block  block
all_failed                    skip   wait   wait   skip   wait   skip   skip   skip   skip   skip   skip   run    skip
all_done                      wait   wait   wait   wait   wait   run    run    run    run    run    run    run    run
all_done_min_one_success      wait   wait   wait   skip   wait   run    skip   skip   run    skip   skip   block  run
one_success                   run    wait   wait   wait   wait   run    run    block  run    block  skip   block  run
one_failed                    wait   run    run    wait   wait   run    skip   run    skip   skip   skip   run    run
one_done                      run    run    wait   wait   wait   run    run    run    run    skip   skip   skip   run
none_failed                   wait   block  block  wait   wait   block  run    block  run    run    run    block  block
none_failed_min_one_success   wait   block  block  wait   wait   block  run    block  run    block  skip   block  block
none_skipped                  wait   wait   wait   skip   wait   run    skip   skip   run    skip   skip   run    run
all_skipped                   skip   skip   skip   wait   wait   skip   skip   skip   skip   wait   run    skip   skip
always                        run    run    run    run    run    run    run    run    run    run    run    run    run
"""  # noqa: E501


@pytest.mark.parametrize(("rule", "letters", "verdict"), rows(SEVERAL_UPSTREAMS))
def test_with_several_upstreams(rule: TriggerRule, letters: str, verdict: Verdict) -> None:
    assert judge(rule, tally(letters)) is verdict


@pytest.mark.parametrize("rule", TriggerRule)
def test_a_task_that_needs_nothing_runs_whatever_its_rule(rule: TriggerRule) -> None:
    assert judge(rule, Tally()) is Verdict.RUN


ALL_COMBINATIONS = [
    letters for size in range(1, 6) for letters in combinations_with_replacement("SFUKR.", size)
]


def published(rule: str, letters: tuple[str, ...]) -> Verdict:
    """The table of the rules in its own words, one formula a cell: terminal states first."""
    u = len(letters)
    s, f, uf, k, r = (letters.count(letter) for letter in "SFUKR")
    done = s + f + uf + k + r >= u
    runs = {
        "all_success": u - s - r == 0,
        "all_failed": u - f - uf - r == 0,
        "all_done": done,
        "all_done_min_one_success": k == 0 and s + f + uf >= u - r and s > 0,
        "all_done_setup_success": done,
        "one_success": s > 0,
        "one_failed": f > 0 or uf > 0,
        "one_done": s > 0 or f > 0,
        "none_failed": u - s - k - r == 0,
        "none_failed_min_one_success": u - s - k - r == 0 and s > 0,
        "none_skipped": done and k == 0,
        "all_skipped": u - k == 0,
        "always": True,
    }
    skips = {
        "all_success": k > 0 and not f and not uf,
        "all_failed": s > 0 or k > 0,
        "all_done_min_one_success": k > 0,
        "one_success": done and k == u,
        "one_failed": done and not f and not uf,
        "one_done": done and not s and not f,
        "none_failed_min_one_success": k == u,
        "none_skipped": k > 0,
        "all_skipped": s > 0 or f > 0 or uf > 0,
    }
    blocks = {
        "all_success": f > 0 or uf > 0,
        "all_done_min_one_success": k == 0 and done and s == 0,
        "one_success": done and s == 0 and k != u,
        "none_failed": f > 0 or uf > 0,
        "none_failed_min_one_success": f > 0 or uf > 0 or (done and s == 0 and k != u),
    }
    if blocks.get(rule, False):
        return Verdict.BLOCK
    if skips.get(rule, False):
        return Verdict.SKIP
    return Verdict.RUN if runs[rule] else Verdict.WAIT


@pytest.mark.parametrize("rule", TriggerRule)
def test_every_combination_of_up_to_five_upstreams_is_as_published(rule: TriggerRule) -> None:
    for letters in ALL_COMBINATIONS:
        assert judge(rule, tally("".join(letters))) is published(rule.value, letters), letters


@pytest.mark.parametrize("rule", TriggerRule)
def test_a_verdict_stands_whatever_the_others_do_later(rule: TriggerRule) -> None:
    """But for block over skip, which wins when it comes in time."""
    for letters in ALL_COMBINATIONS:
        if "." not in letters:
            continue
        before = judge(rule, tally("".join(letters)))
        for later in "SFUKR":
            after = judge(rule, tally("".join(letters).replace(".", later, 1)))
            if before in (Verdict.RUN, Verdict.BLOCK):
                assert after is before
            elif before is Verdict.SKIP:
                assert after in (Verdict.SKIP, Verdict.BLOCK)


@pytest.mark.parametrize("rule", TriggerRule)
def test_only_all_skipped_with_removed_ones_waits_when_all_has_ended(rule: TriggerRule) -> None:
    waiting = {
        letters
        for letters in ALL_COMBINATIONS
        if "." not in letters and judge(rule, tally("".join(letters))) is Verdict.WAIT
    }

    expected = {letters for letters in ALL_COMBINATIONS if set(letters) in ({"R"}, {"K", "R"})}
    assert waiting == (expected if rule is TriggerRule.ALL_SKIPPED else set())


@pytest.mark.parametrize(
    ("state", "as_if"),
    [
        (TaskState.CANCELLED, TaskState.FAILED),
        (TaskState.RESTORED, TaskState.SUCCEEDED),
        (TaskState.RUNNING, TaskState.PENDING),
        (TaskState.RETRYING, TaskState.PENDING),
        (TaskState.QUEUED, TaskState.PENDING),
        (TaskState.WAITING, TaskState.PENDING),
    ],
)
def test_other_states_count_as(state: TaskState, as_if: TaskState) -> None:
    assert tally_of([state]) == tally_of([as_if])
