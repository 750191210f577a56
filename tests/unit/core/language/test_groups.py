"""What a group means for the arrows, the options and the order of its tasks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_flow.core.flow import Flow, Group
from jupyter_flow.core.language import format_flow, read
from jupyter_flow.core.options import TaskOptions
from jupyter_flow.wire.codec import decode, encode


def flow_in(body: str) -> Flow:
    reading = read(f"%%flow etl\n{body}")
    assert [str(problem) for problem in reading.problems] == []
    assert reading.flow is not None
    return reading.flow


def edges(body: str) -> str:
    return ", ".join(sorted(f"{up}>{down}" for up, down in flow_in(body).edges))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('with group("g"):\n    a >> b\nx >> g >> y', "a>b, b>y, x>a"),
        ('with group("g"):\n    [a, b]\nx >> g >> y', "a>y, b>y, x>a, x>b"),
        # What is said of a group may come before it.
        ('x >> g >> y\nwith group("g"):\n    a >> b', "a>b, b>y, x>a"),
        ('with group("g"):\n    a\nwith group("h"):\n    [b, c]\ng >> h', "a>b, a>c"),
        ('with group("g"):\n    [a, b]\ny.set_upstream(g)', "a>y, b>y"),
        ('with group("g"):\n    a\n[g, x] >> y << b', "a>y, b>y, x>y"),
        # A value is an edge too, so ``b`` is no root.
        ('with group("g"):\n    a\n    b(n=a.n)\nx >> g >> y', "b>y, x>a"),
        # An inner group is what its tasks are.
        (
            'with group("g"):\n    with group("h"):\n        [a, b]\n    h >> c\nx >> g >> y',
            "a>c, b>c, c>y, x>a, x>b",
        ),
        # A teardown is no end of a group; what comes right before it is.
        (
            'with group("g"):\n    up >> a >> down.as_teardown(setups=up)\ng >> y',
            "a>down, a>y, up>a, up>down",
        ),
        (
            'with group("g"):\n    up >> a >> [b, down.as_teardown(setups=up)]\ng >> y',
            "a>b, a>down, b>y, up>a, up>down",
        ),
    ],
)
def test_a_group_in_a_chain_stands_for_its_ends(body: str, expected: str) -> None:
    assert edges(body) == expected


def test_a_task_is_in_the_group_in_which_it_is_first_named() -> None:
    flow = flow_in(
        'a\nwith group("g"):\n    b(n=z.n)\n    a >> c\n'
        '    with group("h"):\n        c >> d\nd >> z'
    )

    assert [task.name for task in flow.tasks] == ["a", "b", "c", "d", "z"]
    assert flow.groups == (
        Group(name="g", members=("b", "c")),
        Group(name="h", members=("d",), parent="g"),
    )


def test_the_tasks_of_a_group_stand_side_by_side() -> None:
    flow = flow_in('with group("g"):\n    a(n=x.n)\n    b\nx')

    assert [task.name for task in flow.tasks] == ["a", "b", "x"]


def test_options_of_a_group_are_between_those_of_the_line_and_those_of_the_task() -> None:
    reading = read(
        "%%flow etl --retries 1 --timeout 1h --pool cpu\n"
        'with group("g", retries=2, timeout="2h"):\n'
        '    with group("h", timeout="3h"):\n'
        "        [a, b.options(retries=5)]\n"
        "c"
    )
    assert reading.flow is not None
    policies = {task.name: reading.flow.policy(task) for task in reading.flow.tasks}

    told = {name: (each.retry.retries, each.timeout, each.pool) for name, each in policies.items()}
    assert told == {
        "a": (2, timedelta(hours=3), "cpu"),
        "b": (5, timedelta(hours=3), "cpu"),
        "c": (1, timedelta(hours=1), "cpu"),
    }
    tagged = reading.flow.policy(reading.flow["a"], TaskOptions(retries=9))
    assert tagged.retry.retries == 9


AS_WRITTEN = [
    """%%flow etl
with group("prepare", retries=2, pool="db"):
    extract >> clean >> features
load >> prepare >> train""",
    """%%flow etl
load
with group("a"):
    with group("inner"):
        up >> [b, c] >> down.as_teardown(setups=up)
    inner >> d(x=load.y)
with group("z"):
    train >> [evaluate, pick]
load >> a >> z >> report""",
]


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_groups_are_written_as_people_write_them(text: str) -> None:
    flow = read(text).flow

    assert flow is not None
    assert format_flow(flow) == text


def test_a_flow_that_was_kept_before_there_were_groups_is_read() -> None:
    flow = flow_in("a >> b")
    kept = encode(flow, Flow)
    old = kept.replace(',"groups":[]', "").replace(',"role":"work","fails_run":false', "")

    assert "role" not in old
    assert "groups" not in old
    assert decode(old, Flow) == flow


def test_a_group_has_the_tasks_of_its_inner_groups() -> None:
    flow = flow_in('with group("g"):\n    a\n    with group("h"):\n        b\nc')

    assert flow.tasks_in("g") == ("a", "b")
    assert flow.tasks_in("h") == ("b",)
    assert flow.tasks_in("c") == ()
