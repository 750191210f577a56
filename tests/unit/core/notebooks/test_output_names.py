"""Which values a notebook hands on, as far as reading can tell."""

from __future__ import annotations

import pytest

from jupyter_flow.core.notebooks.output_names import VALUE_MIME, output_names

IMPORT = "import jupyter_flow"


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        ([], set()),
        (["x = 1"], set()),
        (["import jupyter_flow\njupyter_flow.output(auc=1, n=2)"], {"auc", "n"}),
        (["import jupyter_flow as jf", "if x:\n    jf.output(auc=f(1))"], {"auc"}),
        (["from jupyter_flow import output", "output(a=1)", "output(b=2)"], {"a", "b"}),
        (["from jupyter_flow import output as hand", "hand(a=1)\noutput(b=2)"], {"a"}),
        (["from jupyter_flow import *", "output(a=1)"], {"a"}),
        (["%matplotlib inline\n" + IMPORT, "jupyter_flow.output(a=1)"], {"a"}),
        ([IMPORT, "%%bash\necho ( jupyter_flow", "jupyter_flow.output(a=1)"], {"a"}),
        (["%load_ext jupyter_flow", "%%flow x\na >> b"], set()),
        (["from jupyter_flow.handoff import output", "output(a=1)"], {"a"}),
        (["import jupyter_flow.handoff", "jupyter_flow.handoff.output(a=1)"], {"a"}),
        (["from jupyter_flow import handoff", "handoff.output(a=1)"], {"a"}),
        ([IMPORT, "jupyter_flow.handoff.output(a=1)\nx = await y"], {"a"}),
        (["output(a=1)  # somebody else's"], set()),
    ],
)
def test_names_are_found_by_reading(cells: list[str], names: set[str]) -> None:
    assert output_names(cells) == names


@pytest.mark.parametrize(
    "cells",
    [
        [IMPORT, "jupyter_flow.output(**values)"],
        [IMPORT, "jupyter_flow.output(values)"],
        [IMPORT, "hand = jupyter_flow.output"],
        [IMPORT, "%run other.py"],
        ["%run other.ipynb"],
        [f"display({{'{VALUE_MIME}': {{'a': 1}}}}, raw=True)"],
        [IMPORT, "broken ("],
    ],
)
def test_what_reading_cannot_tell_is_unknown(cells: list[str]) -> None:
    assert output_names(cells) is None
