"""Pictures of flows and runs: right, safe, and readable without colours."""

from __future__ import annotations

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_flow.core.events import RunStarted
from jupyter_flow.core.expressions import Compare, Constant, ListOf, ParamRef, ValueRef
from jupyter_flow.core.flow import Flow, Kind, Task
from jupyter_flow.core.language import read
from jupyter_flow.core.machine import step
from jupyter_flow.core.options import TaskOptions, TriggerRule
from jupyter_flow.core.pictures.faces import face_of, what_runs
from jupyter_flow.core.pictures.layout import Box
from jupyter_flow.core.pictures.picture import picture, sheet
from jupyter_flow.core.pictures.signs import sign_shape
from jupyter_flow.core.pictures.sketch import sketch
from jupyter_flow.core.states import Outcome, TaskState
from jupyter_flow.testing.luck import flow_of, rehearse, run_of
from jupyter_flow.testing.samples import NOON, attempt_of, task_run_of
from jupyter_flow.testing.strategies import any_flow

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def words(svg: str) -> str:
    return " ".join(parsed(svg).itertext())


def test_a_picture_shows_every_task_and_every_line() -> None:
    flow = flow_of("a > b > d", "a > c > d")
    root = parsed(picture(flow))

    names = [group.get("data-task") for group in root.iter(f"{SVG}g") if group.get("data-task")]
    lines = [path for path in root.iter(f"{SVG}path") if "jpf-line" in path.get("class", "")]
    assert sorted(names) == ["a", "b", "c", "d"]
    assert len(lines) == 4


def test_a_picture_can_be_heard() -> None:
    root = parsed(picture(flow_of("load > train")))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")

    assert root.get("role") == "img"
    assert title is not None
    assert description is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "Flow sketch: 2 tasks"
    assert description.text == "load; train after load."


def test_a_picture_needs_nothing_from_elsewhere() -> None:
    svg = picture(flow_of("a > b")).replace("http://www.w3.org/2000/svg", "")

    assert not re.search(r"<script|href|url\(|@import|http|@font-face|\son\w+=", svg)


def test_rules_conditions_and_widths_are_shown() -> None:
    condition = Compare(ValueRef("a", "auc"), ">", Constant(0.8))
    tasks = [
        Task(name="a", notebook="train", expand={"m": ListOf((ParamRef("x"), Constant(2)))}),
        Task(name="b", when=condition),
        Task(name="c", options=TaskOptions(trigger=TriggerRule.ALL_DONE)),
        Task(name="d", expand={"m": ValueRef("a", "parts")}),
    ]
    shown = words(picture(flow_of("a > b", "a > c", "a > d", tasks=tasks)))

    for expected in ("× 2", "train", "if a.auc > 0.8", "all done", "× ?"):
        assert expected in shown


def test_a_run_is_shown_with_words_shapes_and_colours() -> None:
    flow = flow_of("good > bad > never", tasks=[Task(name="maybe")])
    run = rehearse(run_of(flow), {"bad": Outcome.FAILED})
    root = parsed(picture(flow, run, now=NOON))

    states = {
        group.get("data-task"): (group.get("data-state"), group.get("class"))
        for group in root.iter(f"{SVG}g")
        if group.get("data-task")
    }
    assert states["good"] == ("succeeded", "jpf-task jpf-good")
    assert states["bad"] == ("failed", "jpf-task jpf-bad")
    assert states["never"] == ("upstream_failed", "jpf-task jpf-warn")
    assert "upstream failed" in words(picture(flow, run))


def test_a_running_task_shows_its_cell_and_how_far_it_is() -> None:
    flow = flow_of("a")
    run = run_of(flow)
    running = task_run_of(next(iter(run.task_runs)), attempt_of(cell=11, cells=20))
    run = run.with_task_run(running)
    face = face_of(flow, flow["a"], run, NOON)

    assert face.done == 0.5
    assert "cell 11/20" in words(picture(flow, run, now=NOON))


def test_boxes_do_not_move_while_a_run_goes_on() -> None:
    flow = flow_of("a > b")
    before = run_of(flow)
    paper = sheet(flow, before)
    after = rehearse(before, {"b": Outcome.FAILED})

    def places(svg: str) -> list[str | None]:
        return [g.get("transform") for g in parsed(svg).iter(f"{SVG}g") if g.get("data-task")]

    assert places(picture(flow, before, on=paper)) == places(picture(flow, after, on=paper))
    assert places(picture(flow, before)) == places(picture(flow, after))


def test_every_state_has_a_shape_of_its_own() -> None:
    shapes = {sign_shape(state, 0, 0) for state in TaskState}

    assert len(shapes) == len(TaskState)


@given(st.text(), st.text())
def test_no_text_can_break_a_picture(name: str, path: str) -> None:
    flow = Flow(name=name, description=path, tasks=(Task(name=name, notebook=path),))
    root = parsed(picture(flow))

    assert len(list(root.iter(f"{SVG}script"))) == 0
    assert sum(1 for group in root.iter(f"{SVG}g") if group.get("data-task") is not None) == 1


def test_a_loop_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="wait for each other"):
        picture(flow_of("a > b > a"))


@pytest.mark.parametrize(
    ("task", "what"),
    [
        (Task(name="train", notebook="train"), ""),
        (Task(name="x", notebook="sub/train.ipynb"), "sub/train.ipynb"),
        (Task(name="x", kind=Kind.SHELL), "shell"),
        (
            Task(name="x", kind=Kind.SQL, parameters={"query": Constant("select\n  1")}),
            "sql select 1",
        ),
    ],
)
def test_a_box_says_what_it_runs_unless_its_name_does(task: Task, what: str) -> None:
    assert what_runs(task) == what


def test_a_sketch_joins_names_with_lines() -> None:
    assert sketch(flow_of("a > b > c")) == "a ──▶ b ──▶ c"
    assert sketch(flow_of("load > x", "load > y")) == "load ─┬▶ x\n      └▶ y"
    assert sketch(Flow(name="nothing")) == ""


@given(st.integers(2, 7), st.data())
def test_a_sketch_writes_every_name_once(size: int, data: st.DataObject) -> None:
    names = [f"task{i}" for i in range(size)]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    edges = data.draw(st.lists(st.sampled_from(pairs), max_size=10))
    drawing = sketch(Flow(name="f", tasks=tuple(map(_task, names)), edges=frozenset(edges)))

    assert sorted(re.findall(r"task\d", drawing)) == names
    assert drawing.count("▶") >= len({down for _, down in edges})


def _task(name: str) -> Task:
    return Task(name=name)


def test_what_waits_says_for_what_and_how_much_longer() -> None:
    given = {"flow": Constant("prices"), "timeout": Constant("20m")}
    flow = flow_of(tasks=[Task(name="a", kind=Kind.WAIT_FOR, parameters=given)])
    waiting = step(run_of(flow), RunStarted(), now=NOON).run

    face = face_of(flow, flow["a"], waiting, NOON + timedelta(minutes=5))

    assert face.what == "wait for prices"
    assert face.progress == "up to 15 min"
    assert face.remark == "waits for a run of 'prices'"


def test_a_group_is_framed_around_its_tasks() -> None:
    inner = '    with group("h"):\n        a >> b\n    h >> c'
    flow = read(f'%%flow x\nwith group("g"):\n{inner}\nload >> g >> d').flow
    assert flow is not None
    paper = sheet(flow)

    outer, inside = (frame.box for frame in paper.frames)
    for name, frames in {"a": [outer, inside], "b": [outer, inside], "c": [outer]}.items():
        assert all(is_within(paper.layout.boxes[name], frame) for frame in frames)
    assert is_within(inside, outer)
    drawn = parsed(picture(flow))
    frames = [each for each in drawn.iter() if "data-group" in each.attrib]
    assert [each.attrib["data-group"] for each in frames] == ["g", "h"]
    assert float(drawn.attrib["height"]) >= outer.height


def is_within(box: Box, frame: Box) -> bool:
    return (
        box.x >= frame.x
        and box.y >= frame.y
        and box.x + box.width <= frame.x + frame.width
        and box.y + box.height <= frame.y + frame.height
    )


@settings(max_examples=50, deadline=None)
@given(any_flow(max_tasks=9))
def test_nothing_of_others_lies_in_the_frame_of_a_group(flow: Flow) -> None:
    paper = sheet(flow)

    boxes = paper.layout.boxes
    for frame in paper.frames:
        inside = {name for name in boxes if frame.name in {g.name for g in flow.groups_of(name)}}
        touched = {name for name, box in boxes.items() if is_touching(box, frame.box)}
        assert touched == inside
    pairs = [(one, other) for one in boxes for other in boxes if one < other]
    assert not any(is_touching(boxes[one], boxes[other]) for one, other in pairs)


def is_touching(box: Box, frame: Box) -> bool:
    return (
        box.x < frame.x + frame.width
        and frame.x < box.x + box.width
        and box.y < frame.y + frame.height
        and frame.y < box.y + box.height
    )
