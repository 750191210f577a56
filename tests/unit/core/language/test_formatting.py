"""A flow written as text and read again is the same flow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from jupyter_flow.core.flow import Flow
from jupyter_flow.core.language import format_flow, read
from jupyter_flow.testing.strategies import any_flow


@settings(max_examples=60)
@given(any_flow())
def test_reading_what_was_written_gives_the_same_flow(flow: Flow) -> None:
    reading = read(format_flow(flow))

    assert [str(problem) for problem in reading.problems] == []
    assert reading.flow == flow
    # Equal is not enough: 1 and True are, and the order of parameters would not be seen.
    assert repr(reading.flow.tasks) == repr(flow.tasks)
    assert repr(reading.flow.params) == repr(flow.params)


AS_WRITTEN = [
    "%%flow etl\nextract >> clean >> load",
    "%%flow etl\nextract >> [clean, check] >> load >> report",
    "%%flow etl\nextract\nclean(n=1)\nload(x=clean.rows)",
    '%%flow etl\nnotebook("sub/load.ipynb") >> clean(rows=load.rows) >> report',
    """%%flow churn --schedule "0 6 * * 1-5" --tz Europe/Berlin --retries 2 --no-cache
"Who leaves, and why?"
params(model="logit", n=10)

extract(day="{{ ds }}") >> clean >> features
models = train(seed=params.n).expand(model=["logit", "forest"]).options(timeout="1h30m")
features >> models >> evaluate(scores=models.auc)
evaluate >> [
    report.options(trigger="all_done"),
    deploy.when(0.8 < evaluate.auc <= 1 and (evaluate.ok or not params.n == 3)),
]
rows = sql("select :day", connection="dwh", bind={"day": extract.day})
func = python("package.module:func", items=[1, extract["options"]])
[extract, rows] >> func""",
    '''%%flow long
"""
One line.

Another.
"""

train(
    first="a text that is rather long, so that the task does not fit into a single line",
    second=["another", "one"],
).options(retries=3)
load >> train''',
]


@pytest.mark.parametrize("text", AS_WRITTEN, ids=lambda text: text.split()[1])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    flow = read(text).flow

    assert flow is not None
    assert format_flow(flow) == text


def test_tasks_keep_their_order_even_where_chains_would_name_them_otherwise() -> None:
    flow = read("%%flow etl\n[c, b, a]\na >> b >> c").flow

    assert flow is not None
    assert format_flow(flow) == "%%flow etl\n[c, b, a]\na >> b >> c"


def test_long_chains_go_on_in_the_next_line() -> None:
    names = [f"a_task_with_a_long_name_{number}" for number in range(8)]
    flow = read(" >> ".join(names), line="etl").flow
    assert flow is not None

    lines = format_flow(flow).splitlines()

    assert len(lines) > 2
    assert max(map(len, lines)) <= 96
    assert read("\n".join(lines)).flow == flow
