"""A run's counts are always those of its task runs, however it came to be what it is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.run import Attempt, Run, Tally, TaskRun
from jupyter_flow.core.states import TaskState
from jupyter_flow.testing.luck import NOON, flow_of, recounted, run_of

DIAMOND = flow_of("a > b > d", "a > c > d")
OPEN = (Attempt(number=1, started_at=NOON),)


def test_a_new_run_is_all_pending() -> None:
    run = run_of(DIAMOND)

    assert (run.live, run.idle, run.open) == (4, 4, 0)
    assert dict(run.undecided) == {"a": 1, "b": 1, "c": 1, "d": 1}
    assert run.tallies["a"] == Tally()
    assert run.tallies["d"] == Tally(total=2)


def test_a_changed_copy_leaves_the_first_one_as_it_was() -> None:
    run = run_of(DIAMOND)

    after = run.with_task_run(TaskRun(key=TaskKey("b"), state=TaskState.SUCCEEDED))

    assert run == run_of(DIAMOND)
    assert after.tallies["d"] == Tally(total=2, succeeded=1)
    assert after.live == 3


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(TaskState), st.sampled_from([(), OPEN]))
    )
)
def test_counts_follow_any_change(
    changes: list[tuple[str, TaskState, tuple[Attempt, ...]]],
) -> None:
    run = run_of(DIAMOND)

    for task, state, attempts in changes:
        run = run.with_task_run(TaskRun(key=TaskKey(task), state=state, attempts=attempts))

        assert run == recounted(run)


def test_a_mapped_task_gives_way_to_its_instances() -> None:
    run = run_of(flow_of("a > b"))

    run = run.with_instances([TaskRun(key=TaskKey("a", index)) for index in range(3)])

    assert [str(key) for key in run.keys_of("a")] == ["a[0]", "a[1]", "a[2]"]
    assert TaskKey("a") not in run.task_runs
    assert run.tallies["b"] == Tally(total=3)
    assert run == recounted(run)


def test_instances_can_be_added_to_those_that_are_there() -> None:
    run = run_of(flow_of("a > b")).with_instances([TaskRun(key=TaskKey("a", 0))])

    run = run.with_instances([TaskRun(key=TaskKey("a", 1)), TaskRun(key=TaskKey("a", 2))])

    assert run.widths["a"] == 3
    assert run == recounted(run)


def test_task_runs_come_upstream_first() -> None:
    run = run_of(DIAMOND).with_instances([TaskRun(key=TaskKey("b", i)) for i in range(2)])

    assert [str(each.key) for each in run.in_order()] == ["a", "b[0]", "b[1]", "c", "d"]


def test_a_run_is_loaded_from_its_task_runs() -> None:
    run = run_of(DIAMOND).with_task_run(
        TaskRun(key=TaskKey("a"), state=TaskState.RUNNING, attempts=OPEN)
    )

    loaded = Run.of(
        task_runs=list(run.task_runs.values()),
        **{
            name: getattr(run, name)
            for name in ("id", "plan", "logical_date", "interval", "created_at")
        },
    )

    assert loaded == run
    assert loaded.open == 1


def test_a_run_is_stuck_when_only_pending_tasks_are_left() -> None:
    run = run_of(flow_of("a > b"))
    waiting = run.with_task_run(TaskRun(key=TaskKey("a"), state=TaskState.QUEUED))
    ended = run.with_task_run(TaskRun(key=TaskKey("a"), state=TaskState.SUCCEEDED))
    stopping = ended.with_task_run(replace(ended.task_runs[TaskKey("b")], attempts=OPEN))

    assert not waiting.is_stuck
    assert ended.is_stuck
    assert not stopping.is_stuck
