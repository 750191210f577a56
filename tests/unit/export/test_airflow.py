"""A flow as a DAG file: what is in it, what is told not to be, and that nothing gets lost.

The files are kept in tests/golden/export; run with FLOW_GOLDEN=write to write them anew.
"""

from __future__ import annotations

import ast
import os
from datetime import timedelta
from pathlib import Path
from symtable import symtable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_flow.core.flow import Flow, Kind
from jupyter_flow.core.language.option_specs import FLOW_OPTIONS, LINE_OPTIONS, TASK_OPTIONS
from jupyter_flow.core.task_names import wrong_with
from jupyter_flow.export.airflow import Placing, airflow_file
from jupyter_flow.export.airflow.fates import FLOW_FATES, KIND_FATES, TASK_FATES, How
from jupyter_flow.export.airflow.python import literal, variables
from jupyter_flow.testing.strategies import any_flow, constants

from .recorder import plan_in, plan_of, play

GOLDEN = Path(__file__).parents[2] / "golden" / "export"
PLACING = Placing(project="/srv/lab", here="/lab", flow="flow.ipynb::churn")
PAPERMILL = Placing(project="/srv/lab", here="/lab", flow="flow.ipynb::churn", papermill=True)

FLOWS = {
    "notebooks": """%%flow churn --schedule "0 6 * * 1-5" --tz Europe/Berlin --catchup all \
--start 2026-01-01 --retries 2 --retry_delay 1m --max_active_runs 1 --run_timeout 2h
"Who leaves, and why?"
params(model="logit", n=10)
with group("prepare", pool="db", slots=2):
    extract(day="{{ ds }}") >> clean.options(timeout="20m")
prepare >> train(model=params.model) >> report.options(trigger="all_done", cache=True)
""",
    "values": """%%flow churn
extract >> train.expand(segment=extract.segments, seed=[1, 2])
evaluate(scores=train.auc) >> deploy.when(evaluate.best > 0.8)
cluster = shell("up").as_setup()
cluster >> train >> shell("down").as_teardown(setups=cluster, fails_run=True)
""",
    "kinds": """%%flow churn --on_update "sales & prices"
data = wait_for(file="in/*.csv", timeout="2h")
other = wait_for(flow="prices", timeout="1h", soft_fail=True)
rows = sql("select 1", connection="warehouse")
[data, other] >> rows >> python("shop.mod:count", x=rows.first).options(produces="counts")
ok = approve("Deploy the model of {{ ds }}?", timeout="1d", form={"share": 0.1})
ok >> http("POST", "https://example.com", json={"share": ok.share})
sub = flow("features", day="{{ ds }}")
sub >> expect(sub.rows > 0, "nothing there")
""",
}


@pytest.mark.parametrize("name", FLOWS)
def test_the_file_is_as_it_was(name: str) -> None:
    text = airflow_file(plan_in(FLOWS[name]), PLACING, pools={"db": 4}).text

    golden = GOLDEN / f"{name}.py.txt"
    if os.environ.get("FLOW_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_papermill_executes_what_it_is_enough_for() -> None:
    plan = plan_in(
        """%%flow churn
params(n=1)
plain(day="{{ ds }}", n=3) >> typed(n=params.n) >> cond.when(params.n > 1)
given(x=maker.value)
ours(name="{{ task }}")
lasting.options(cell_timeout="1m", retries=2)
retried.options(retries=1, retry_delay=5, timeout="1m")
over.expand(x=[1])
secrets(token="{{ secret('TOKEN') }}")
"""
    )

    told = play(airflow_file(plan, PAPERMILL).text)

    by_papermill = {name for name, said in told.tasks.items() if "input_nb" in said}
    assert by_papermill == {"plain", "retried"}
    assert told.tasks["plain"]["parameters"] == {"day": "{{ ds }}", "n": 3}
    assert told.tasks["plain"]["input_nb"] == "/srv/lab/plain.ipynb"
    assert told.tasks["retried"]["execution_timeout"] == timedelta(minutes=1)


def test_every_option_and_every_kind_has_a_fate() -> None:
    assert list(TASK_FATES) == list(TASK_OPTIONS)
    assert list(FLOW_FATES) == list(FLOW_OPTIONS)
    assert set(KIND_FATES) == set(Kind)


@pytest.mark.parametrize("name", LINE_OPTIONS)
def test_no_option_is_dropped_in_silence(name: str) -> None:
    around = {
        "backoff": "--retries 2 --retry_delay 10",
        "jitter": "--retries 2 --retry_delay 10",
        "max_retry_delay": "--retries 2 --retry_delay 2h",
        "retry_delay": "--retries 2",
        "tz": '--schedule "0 6 * * *"',
        "catchup": '--schedule "0 6 * * *" --start 2026-01-01',
        "overlap": '--schedule "0 6 * * *" --max_active_runs 1',
        "on": "--notify json://x --deadline 1h",
        "attach": "--notify json://x",
        "inputs": "--cache true",
    }.get(name, "")
    example = LINE_OPTIONS[name].line_example
    plain = airflow_file(plan_in(f"%%flow churn {around}\nload"), PLACING)
    given = airflow_file(plan_in(f"%%flow churn {around} {example}\nload"), PLACING)
    fate = {**TASK_FATES, **FLOW_FATES}[name]

    remarked = [each for each in given.remarks if each.startswith((f"{name}:", f"{name} ("))]
    is_in_dag = _said_of(given.text) != _said_of(plain.text)
    assert is_in_dag or given.remarks != plain.remarks or "seen to by the command" in fate.words
    if fate.how is not How.CARRIED and name != "catchup":  # the latest is what Airflow makes up for
        assert remarked
        assert f"# - {remarked[0]}" in given.text.splitlines()
    if fate.how is How.LEFT:
        assert "not carried" in remarked[0]


def _said_of(text: str) -> str:
    """The DAG itself, without the text of the flow, which has every option."""
    body = text[text.index("with DAG(") :]
    start, end = body.index("doc_md=("), body.index("\n    ),\n", body.index("doc_md=("))
    return body[:start] + body[end:]


@settings(max_examples=30)
@given(any_flow(), st.booleans())
def test_any_flow_makes_a_file_with_the_same_graph(flow: Flow, papermill: bool) -> None:
    plan = plan_of(flow)
    dag = airflow_file(plan, PAPERMILL if papermill else PLACING)

    told = play(dag.text)

    assert told.graph == {name: set(ups) for name, ups in flow.graph.upstream.items()}
    assert told.dag["dag_id"] == flow.name
    assert set(told.dag.get("params", {})) == {each.name for each in flow.params}
    for task in flow.tasks:
        said, policy = told.tasks[task.name], plan.policy(task.name)
        assert told.groups[task.name] == tuple(g.name for g in flow.groups_of(task.name))[::-1]
        assert said.get("role", "work") == task.role
        assert ("item" in said) == task.is_mapped
        if not task.is_teardown:
            assert said.get("trigger_rule", "all_success") == policy.trigger
        if task.kind not in (Kind.WAIT_FOR, Kind.EXPECT, Kind.APPROVE):
            assert said.get("retries", 0) == policy.retry.retries
            assert said.get("pool") == policy.pool
        if "input_nb" not in said:
            assert {*said["values_of"], *said["lists_of"]} == task.uses()


def test_no_task_takes_a_name_that_the_file_needs() -> None:
    cell = FLOWS["kinds"] + "load.expand(x=[1])\nplain\nwith group('some'):\n    more\n"
    outside, _ = names_in(airflow_file(plan_in(cell), PAPERMILL).text)
    tasks = sorted(name for name in outside if not wrong_with(name))
    assert {"json", "dag", "str", "FlowTask"} < set(tasks)

    file = airflow_file(plan_in("%%flow churn\n" + " >> ".join(tasks)), PLACING)

    outside, inside = names_in(file.text)
    assert not inside & outside
    assert set(play(file.text).tasks) == set(tasks)


def names_in(text: str) -> tuple[set[str], set[str]]:
    """The global names that a DAG file needs beside its tasks, and those that it makes of them."""
    module = ast.parse(text)
    dag = module.body[-1]
    assert isinstance(dag, ast.With)
    names = [node for part in dag.body for node in ast.walk(part) if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    called = {node.id for node in names} - made
    dag.body = [ast.Pass()]
    tables = [symtable(ast.unparse(module), "dag.py", "exec")]
    needed: set[str] = set()
    while tables:
        table = tables.pop()
        is_module = table.get_type() == "module"
        needed |= {each.get_name() for each in table.get_symbols() if is_module or each.is_global()}
        tables += table.get_children()
    return needed | called, made


@given(constants())
def test_a_literal_is_read_as_what_it_was(value: Any) -> None:
    assert eval(literal(value)) == value


@given(st.timedeltas(timedelta(0), timedelta(days=10**6)))
def test_a_length_of_time_is_read_as_what_it_was(span: timedelta) -> None:
    assert eval(literal(span), {"timedelta": timedelta}) == span


def test_no_two_tasks_share_a_variable() -> None:
    names = ["dag", "dag_", "str", "ﬁt", "fit", "load"]

    found = variables(names, taken=["dag", "str"])

    assert found["load"] == "load"
    assert len(set(found.values())) == len(names)
    assert not {"dag", "str"} & set(found.values())
