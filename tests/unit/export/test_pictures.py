"""Flows as Mermaid and Graphviz text: the same graph, and no name that breaks out of its quotes.

The texts are kept in tests/golden/export; run with FLOW_GOLDEN=write to write them anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from jupyter_flow.core.flow import Flow
from jupyter_flow.export.definition import digest_of, to_json
from jupyter_flow.export.dot import to_dot
from jupyter_flow.export.mermaid import to_mermaid
from jupyter_flow.testing.strategies import any_flow
from jupyter_flow.wire.codec import decode

from .recorder import plan_in

GOLDEN = Path(__file__).parents[2] / "golden" / "export"
CELL = """%%flow churn
with group("prepare"):
    load >> clean
clean >> train.expand(model=["a", "b"]) >> deploy.when(train.auc == ['"x" <b> #1 \\\\ `y`'])
say = shell('echo "hi" & ls; # no')
"""


@pytest.mark.parametrize(("name", "draw"), [("churn.mmd", to_mermaid), ("churn.dot", to_dot)])
def test_it_shows_groups_and_conditions_and_escapes(name: str, draw: Callable[[Flow], str]) -> None:
    text = draw(plan_in(CELL).flow)

    golden = GOLDEN / name
    if os.environ.get("FLOW_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "mermaid"),
    [
        (r"echo \n", "echo #92;#8203;n"),
        ("kill $$; echo $$", "kill #36;#36;; echo #36;#36;"),
        ("ls fa:fa-car", "ls fa#58;fa-car"),
    ],
)
def test_texts_mean_nothing_to_mermaid(command: str, mermaid: str) -> None:
    """No end of a line, though it takes an escaped backslash for one; no formula; no icon."""
    flow = plan_in(f"%%flow a\nsay = shell({command!r})").flow

    assert f'<br>shell {mermaid}"]' in to_mermaid(flow)


@settings(max_examples=20)
@given(any_flow())
def test_any_flow_has_the_same_graph_in_mermaid(flow: Flow) -> None:
    text = to_mermaid(flow)

    names = {f"t{number}": task.name for number, task in enumerate(flow.tasks)}
    boxes = re.findall(
        r'^ +(t\d+)(?:\["|\[\["|\{\{")[^"\n]*(?:"\]|"\]\]|"\}\})$', text, re.MULTILINE
    )
    arrows = re.findall(r"^ +(t\d+) --> (.+)$", text, re.MULTILINE)
    assert [names[each] for each in boxes] == [task.name for task in flow.tasks]
    assert {(names[up], names[down]) for up, downs in arrows for down in downs.split(" & ")} == {
        (up, down) for up, downs in flow.graph.downstream.items() for down in downs
    }
    assert (
        text.count("subgraph ")
        == len(re.findall(r"^ +end$", text, re.MULTILINE))
        == len(flow.groups)
    )


@settings(max_examples=20)
@given(any_flow())
def test_any_flow_has_the_same_graph_in_dot(flow: Flow) -> None:
    text = to_dot(flow)

    assert _outside_of_quotes(text).count("{") == _outside_of_quotes(text).count("}")
    boxes = re.findall(r'^ +"(\w+)" \[label=', text, re.MULTILINE)
    arrows = re.findall(r'^ +"(\w+)" -> \{ (.+) \}$', text, re.MULTILINE)
    assert boxes == [task.name for task in flow.tasks]
    assert {(up, down) for up, downs in arrows for down in re.findall(r'"(\w+)"', downs)} == {
        (up, down) for up, downs in flow.graph.downstream.items() for down in downs
    }


@settings(max_examples=20)
@given(any_flow())
def test_json_is_the_whole_definition(flow: Flow) -> None:
    assert decode(to_json(flow), Flow) == flow


def test_another_definition_has_another_digest() -> None:
    cells = [
        "%%flow a\nload",
        "%%flow a\nload(n=1)",
        "%%flow a --retries 1\nload",
        "%%flow b\nload",
    ]

    digests = [digest_of(plan_in(cell).flow) for cell in cells]

    assert len(set(digests)) == len(cells)
    assert digests == [digest_of(plan_in(cell).flow) for cell in cells]


def _outside_of_quotes(text: str) -> str:
    rest = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    assert '"' not in rest
    return rest
