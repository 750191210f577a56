"""Completion in a ``%%flow`` cell knows tasks, parameters, values, methods and options."""

from __future__ import annotations

import pytest

from jupyter_flow.core.language.completing import complete
from jupyter_flow.core.notebooks.contract import Contract, Parameter
from jupyter_flow.core.notebooks.notebook import Notebook, Shelf


def notebook(task: str, *parameters: str, values: tuple[str, ...] = ()) -> Notebook:
    contract = Contract(
        parameters=tuple(Parameter(name=name, type="int") for name in parameters), has_cell=True
    )
    return Notebook(
        path=f"/project/{task}.ipynb",
        digest="0",
        task=task,
        contract=contract,
        values=frozenset(values),
    )


SHELF = Shelf(
    folder="/project",
    notebooks={
        each.path: each
        for each in (
            notebook("train", "seed", "model", values=("auc", "file")),
            notebook("track", values=("n",)),
            notebook("clean", "table"),
        )
    },
)


def found(cell: str) -> list[str]:
    """The completions at the bar in *cell*."""
    place = cell.index("|")
    return [each.text for each in complete(cell.replace("|", ""), place, SHELF)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%%flow x --sched|", ["--schedule"]),
        ("%%flow x --max-active-r|", ["--max-active-runs"]),
        ("%%flow x --catchup |", ["none", "latest", "all"]),
        ("%%flow x --trigger none_f|", ["none_failed", "none_failed_min_one_success"]),
        ("%%flow x\ntra|", ["train", "track"]),
        ("%%flow x\nclean >> tra|", ["train", "track"]),
        ("%%flow x\nwait|", ["wait_for"]),
        ("%%flow x\ntrain(|", ["seed=", "model=", "train"]),
        ("%%flow x\ntrain(seed=1, m|", ["model="]),
        ("%%flow x\nboth = train(|seed=1)", ["seed=", "model=", "train"]),
        ("%%flow x\nboth = train(seed=1)\nboth.au|", ["auc"]),
        ("%%flow x\nclean(table=train.f|)", ["file"]),
        ("%%flow x\nclean(table=tr|) << train", ["train"]),
        ("%%flow x\ntrain.op|", ["options"]),
        ("%%flow x\ntrain(seed=1).ex|", ["expand"]),
        ("%%flow x\ntrain.options(max_r|", ["max_retry_delay="]),
        ("%%flow x\ntrain(seed=1).options(retries=2, trig|", ["trigger="]),
        ('%%flow x\ntrain.options(trigger="all_f|', ["all_failed"]),
        ("%%flow x\ntrain.expand(se|", ["seed="]),
        ("%%flow x\nparams(n=1, model='a')\ntrain(seed=params.|)", ["n", "model"]),
        ("%%flow x\nsql(con|", ["connection="]),
        ("%%flow x\nclean >> [tra|", ["train", "track"]),
        ("%%flow x\ntrain.as_|", ["as_setup", "as_teardown"]),
        ("%%flow x\ntrain.as_teardown(se|", ["setups="]),
        ('%%flow x\nwith group("prepare"):\n    clean\npre|', ["prepare"]),
        ('%%flow x\nwith group("prepare", retries=2, po|', ["pool="]),
        ("%%flow x\nnobody.zz|", []),
    ],
)
def test_what_fits_is_found(cell: str, expected: list[str]) -> None:
    assert found(cell) == expected


def test_a_completion_takes_the_place_of_what_was_typed() -> None:
    cell = "%%flow x\nclean >> tra"

    (first, *_) = complete(cell, len(cell), SHELF)

    assert cell[: first.start] + first.text == "%%flow x\nclean >> train"
    assert (first.kind, first.help) == ("task", "train.ipynb")
