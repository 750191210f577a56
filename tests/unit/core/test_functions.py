"""Functions given to tasks in Python: their source travels, and what cannot is refused."""

from __future__ import annotations

import functools
import math as mathematics
from collections.abc import Callable, Iterator
from math import sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.core.build import Flow
from jupyter_flow.core.errors import DefinitionError
from jupyter_flow.core.expressions import Constant
from jupyter_flow.core.inputs.templates import literal, render
from jupyter_flow.core.language import format_flow

LEVEL = 3


def whole(x: int, *, by: Callable[[int], float] = float) -> list[Any]:
    """Uses much, and all of it is its own."""
    import statistics as numbers
    from math import floor

    steps: list[int] = [floor(each) for each in range(x)]

    def inner(n: int) -> float:
        return by(n) + numbers.fmean(steps) if n else len(whole(n))

    class Box:
        width = inner(x)

    try:
        return [inner(x), Box.width, f"{{{x}}}", {"{{": "{% raw %}"}, lambda y: y + x]
    except ValueError as error:
        return [str(error)]


async def awaited(x: int) -> int:
    return x


def uses_a_module() -> float:
    return mathematics.pi


def uses_an_import(x: float) -> float:
    return sqrt(x)


def uses_a_constant() -> int:
    return LEVEL


def uses_another() -> float:
    return uses_a_module()


def has_an_outside_default(x: int = LEVEL) -> int:
    return x


def has_an_unknown_name() -> object:
    return nowhere  # type: ignore[name-defined]  # noqa: F821


@functools.cache
def is_decorated() -> int:
    return 1


def yields() -> Iterator[int]:
    yield 1


def takes_positions(x: int, /) -> int:
    return x


def around() -> Callable[[], int]:
    inside = 3

    def closes() -> int:
        return inside

    return closes


def test_the_source_is_part_of_the_task() -> None:
    flow = Flow("etl")
    flow.python(whole, x=3)
    task = flow.build()["whole"]

    source = task.parameters["source"]
    assert isinstance(source, Constant)
    names: dict[str, Any] = {}
    exec(render(source.value, {}), names)
    assert names["whole"](2)[:4] == whole(2)[:4]
    assert task.parameters["function"] == Constant(f"{__name__}:whole")


def test_a_function_within_a_function_is_taken_as_one_that_stands_alone() -> None:
    def local(x: int) -> int:
        return x + 1

    flow = Flow("etl")
    flow.python(local, x=3)
    assert str(flow.build()["local"].parameters["source"]).startswith("Constant(value='def local")


def test_a_flow_with_one_is_shown_without_the_source() -> None:
    flow = Flow("etl")
    flow.python(awaited, x=3)
    assert "python(awaited, x=3)" in format_flow(flow.build())


@pytest.mark.parametrize(
    ("function", "arguments", "what", "hint"),
    [
        (lambda: 1, {}, "lambda", "`def`"),
        (len, {}, "no function that can travel", "`def`"),
        (functools.partial(awaited, x=1), {}, "no function that can travel", "`def`"),
        (Flow, {}, "no function that can travel", "`def`"),
        (yields, {}, "generator", "Return a list"),
        (around(), {}, "uses inside of the function around it", "python(closes, inside=…)"),
        (takes_positions, {"x": 1}, "by position", "Take the /"),
        (awaited, {"y": 1}, "cannot be called so", "awaited(x"),
        (whole, {"by": 1}, "cannot be called so", "whole(x"),
        (uses_a_module, {}, "'mathematics'", "import math as mathematics"),
        (uses_an_import, {"x": 1}, "'sqrt'", "from math import sqrt"),
        (uses_a_constant, {}, "'LEVEL'", "python(uses_a_constant, LEVEL=…)"),
        (uses_another, {}, "'uses_a_module'", "uses_a_module"),
        (has_an_outside_default, {}, "'LEVEL'", "python(has_an_outside_default, LEVEL=…)"),
        (has_an_unknown_name, {}, "'nowhere'", "nowhere=…"),
        (is_decorated, {}, "'functools'", "functools"),
    ],
)
def test_what_cannot_travel_is_refused(
    function: Callable[..., Any], arguments: dict[str, Any], what: str, hint: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        Flow("etl").python(function, **arguments)

    (problem,) = caught.value.problems
    assert problem.code == "JF113"
    assert what in problem.what
    assert hint in str(problem.hint)


def test_a_function_without_a_source_is_refused() -> None:
    names: dict[str, Any] = {}
    exec("def typed(): return 1", names)
    with pytest.raises(DefinitionError, match=r"the source of typed\(\) cannot be found"):
        Flow("etl").python(names["typed"])


@given(st.text(alphabet="{}%#' a\n-") | st.text())
def test_a_literal_is_rendered_as_it_is(text: str) -> None:
    # Jinja reads every line's end as \n and drops the last one.
    text = "x".join(text.splitlines())
    assert render(literal(text), {}) == text
