"""Who may start: limits, order, and that nobody waits without need or for ever."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jupyter_flow.core.commands import Enqueue
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.machine.admission import Admission

RUN, OTHER = RunId("run"), RunId("other")


def wanted(
    name: str, *, priority: int = 0, height: int = 1, pool: str | None = None, slots: int = 1
) -> Enqueue:
    return Enqueue(key=TaskKey(name), rank=(priority, height), pool=pool, slots=slots)


def names(taken: list[tuple[RunId, Enqueue]]) -> str:
    return "".join(str(each.key) for _, each in taken)


def offer(admission: Admission, *offers: Enqueue, run: RunId = RUN) -> None:
    for each in offers:
        admission.offer(run, each)


def plain(max_parallel: int = 9, **pools: int) -> Admission:
    return Admission(max_parallel=max_parallel, pools=pools)


def test_no_more_start_than_the_machine_makes_at_a_time() -> None:
    admission = plain(2)
    offer(admission, *map(wanted, "abc"))

    assert names(admission.take()) == "ab"
    assert names(admission.take()) == ""

    admission.release(RUN, TaskKey("a"))
    assert names(admission.take()) == "c"


def test_the_highest_rank_goes_first_and_then_who_came_first() -> None:
    admission = plain()
    offer(
        admission,
        wanted("a"),
        wanted("b", height=3),
        wanted("c", priority=1),
        wanted("d"),
        wanted("e", height=3),
    )

    assert names(admission.take()) == "cbead"


def test_ranks_count_across_runs_and_pools() -> None:
    admission = plain(1, gpu=1)
    offer(admission, wanted("a"), wanted("b", priority=2, pool="gpu"))
    offer(admission, wanted("c", priority=1), run=OTHER)

    order = ""
    while taken := admission.take():
        order += names(taken)
        for run, each in taken:
            admission.release(run, each.key)
    assert order == "bca"


def test_a_pool_has_so_many_slots() -> None:
    admission = plain(db=3)
    offer(admission, wanted("a", pool="db", slots=2), wanted("b", pool="db", slots=2))
    offer(admission, wanted("c"))

    assert names(admission.take()) == "ac"

    admission.release(RUN, TaskKey("a"))
    assert names(admission.take()) == "b"


def test_what_another_process_started_holds_its_slots_though_there_are_none() -> None:
    admission = plain(1, db=2)
    for name in "ab":
        admission.hold(RUN, wanted(name, pool="db", slots=2))
    offer(admission, wanted("c", pool="db"), run=OTHER)

    assert names(admission.take()) == ""
    admission.release(RUN, TaskKey("a"))
    assert names(admission.take()) == "", "b has it still"
    admission.release(RUN, TaskKey("b"))
    assert names(admission.take()) == "c"


def test_a_large_task_is_not_overtaken_for_ever_by_small_ones() -> None:
    admission = plain(db=2)
    offer(admission, wanted("a", pool="db"), wanted("b", pool="db", slots=2))
    assert names(admission.take()) == "a"
    offer(admission, wanted("c", pool="db"))

    assert names(admission.take()) == ""

    admission.release(RUN, TaskKey("a"))
    assert names(admission.take()) == "b"


def test_a_task_larger_than_its_pool_runs_alone_in_it() -> None:
    admission = plain(db=2)
    offer(admission, *(wanted(name, pool="db", slots=5) for name in "ab"))

    assert names(admission.take()) == "a"

    admission.release(RUN, TaskKey("a"))
    assert names(admission.take()) == "b"


def test_a_pool_that_nobody_gave_a_size_has_one_slot() -> None:
    admission = plain()
    offer(admission, wanted("a", pool="new"), wanted("b", pool="new"))

    assert names(admission.take()) == "a"


def test_slots_without_a_pool_are_slots_of_the_machine() -> None:
    admission = plain(4)
    offer(admission, wanted("a", slots=3), wanted("b", slots=2))

    assert names(admission.take()) == "a"


def test_a_run_has_at_most_so_many_tasks_active() -> None:
    admission = plain()
    admission.limit(RUN, 2)
    offer(admission, *map(wanted, "abc"))
    offer(admission, wanted("d"), run=OTHER)

    assert names(admission.take()) == "abd"

    admission.release(RUN, TaskKey("b"))
    assert names(admission.take()) == "c"


def test_a_full_run_keeps_nobody_else_out_of_a_pool() -> None:
    admission = plain(db=2)
    admission.limit(RUN, 1)
    offer(admission, *(wanted(name, pool="db", priority=1) for name in "ab"))
    offer(admission, wanted("c", pool="db"), run=OTHER)

    assert names(admission.take()) == "ac"


def test_a_starved_pool_keeps_no_other_task_of_its_run_waiting() -> None:
    admission = plain(db=1, gpu=1)
    admission.limit(RUN, 1)
    offer(admission, wanted("x", pool="db"), run=OTHER)
    offer(admission, wanted("a", pool="gpu"))
    assert names(admission.take()) == "xa"
    offer(admission, wanted("b", pool="db", priority=5), wanted("c", pool="gpu"))
    assert names(admission.take()) == ""

    admission.release(RUN, TaskKey("a"))
    assert names(admission.take()) == "c"


def test_who_withdraws_lets_the_next_one_in() -> None:
    admission = plain()
    admission.limit(RUN, 1)
    offer(admission, *map(wanted, "abc"))
    assert names(admission.take()) == "a"
    assert names(admission.take()) == ""
    admission.release(RUN, TaskKey("a"))
    admission.withdraw(RUN, TaskKey("b"))

    assert names(admission.take()) == "c"


def test_an_offer_made_again_replaces_the_first() -> None:
    admission = plain()
    offer(admission, wanted("a"), wanted("b", priority=1), wanted("a", priority=2))

    assert names(admission.take()) == "ab"


def test_a_retry_may_be_offered_before_the_attempt_before_gave_its_slot_back() -> None:
    admission = plain(1)
    offer(admission, wanted("a"))
    assert names(admission.take()) == "a"
    offer(admission, wanted("a"))
    assert names(admission.take()) == ""

    admission.release(RUN, TaskKey("a"))

    assert names(admission.take()) == "a"


def test_nobody_starts_while_it_is_held() -> None:
    admission = plain()
    offer(admission, wanted("a"))

    assert admission.take(is_held=True) == []
    assert names(admission.take()) == "a"


def test_one_can_be_taken_at_a_time() -> None:
    admission = plain()
    offer(admission, *map(wanted, "ab"))

    assert names(admission.take(limit=1)) == "a"
    assert names(admission.take(limit=1)) == "b"


def test_a_forgotten_run_holds_nothing_and_wants_nothing() -> None:
    admission = plain(1)
    offer(admission, *map(wanted, "ab"))
    admission.take()
    offer(admission, wanted("c"), run=OTHER)

    admission.forget(RUN)

    assert names(admission.take()) == "c"
    assert names(admission.take()) == ""


def test_unknown_withdrawals_and_releases_change_nothing() -> None:
    admission = plain(1)

    admission.withdraw(RUN, TaskKey("a"))
    admission.release(RUN, TaskKey("a"))
    offer(admission, *map(wanted, "ab"))

    assert names(admission.take()) == "a"


class AnyCrowd(RuleBasedStateMachine):
    """Compared with the plainest thing that could work: look at everybody, every time."""

    @initialize(
        parallel=st.integers(1, 4), db=st.integers(1, 3), limit=st.none() | st.integers(1, 3)
    )
    def begin(self, parallel: int, db: int, limit: int | None) -> None:
        self.parallel, self.sizes = parallel, {"db": db, "default": parallel, "new": 1}
        self.limits = {RUN: limit, OTHER: None}
        self.admission = Admission(max_parallel=parallel, pools={"db": db})
        self.admission.limit(RUN, limit)
        self.waiting: dict[tuple[RunId, TaskKey], Enqueue] = {}
        self.running: dict[tuple[RunId, TaskKey], Enqueue] = {}
        self.came: dict[tuple[RunId, TaskKey], int] = {}
        self.clock = 0

    @rule(
        run=st.sampled_from([RUN, OTHER]),
        name=st.sampled_from("abcdef"),
        priority=st.integers(0, 2),
        pool=st.sampled_from([None, "db", "new"]),
        slots=st.integers(1, 3),
    )
    def offer(self, run: RunId, name: str, **rest: Any) -> None:
        each = wanted(name, **rest)
        if (run, each.key) not in self.running:
            self.clock += 1
            self.waiting[run, each.key] = each
            self.came[run, each.key] = self.clock
            self.admission.offer(run, each)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(list(self.waiting)))
        del self.waiting[who]
        self.admission.withdraw(*who)

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(list(self.running)))
        del self.running[who]
        self.admission.release(*who)

    @rule(limit=st.none() | st.integers(1, 3))
    def change_limit(self, limit: int | None) -> None:
        self.limits[RUN] = limit
        self.admission.limit(RUN, limit)

    @rule(limit=st.none() | st.integers(1, 2))
    def take(self, limit: int | None) -> None:
        expected = []
        while (limit is None or len(expected) < limit) and (who := self.next_one()) is not None:
            self.running[who] = self.waiting.pop(who)
            expected.append((who[0], self.running[who]))

        assert self.admission.take(limit=limit) == expected

    def next_one(self) -> tuple[RunId, TaskKey] | None:
        if len(self.running) >= self.parallel:
            return None
        used: Counter[str] = Counter()
        for each in self.running.values():
            used[each.pool or "default"] += self.cost(each)
        active = Counter(run for run, _ in self.running)
        starved: set[str] = set()
        for who in sorted(self.waiting, key=self.order):
            run, each = who[0], self.waiting[who]
            pool, limit = each.pool or "default", self.limits[who[0]]
            if pool in starved or (limit is not None and active[run] >= limit):
                continue
            if used[pool] + self.cost(each) <= self.sizes[pool]:
                return who
            starved.add(pool)
        return None

    def order(self, who: tuple[RunId, TaskKey]) -> tuple[int, int, int]:
        priority, height = self.waiting[who].rank
        return (-priority, -height, self.came[who])

    def cost(self, each: Enqueue) -> int:
        return min(each.slots, self.sizes[each.pool or "default"])

    @invariant()
    def no_pool_is_overfull(self) -> None:
        for pool, size in self.sizes.items():
            mine = [each for each in self.running.values() if (each.pool or "default") == pool]
            assert sum(map(self.cost, mine)) <= size


TestAnyCrowd = AnyCrowd.TestCase
TestAnyCrowd.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
