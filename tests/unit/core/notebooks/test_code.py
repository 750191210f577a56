"""What makes a difference to what a notebook does, and what does not."""

from __future__ import annotations

import pytest

from jupyter_flow.core.notebooks.code import code_digest

CELLS = ("%matplotlib inline\nimport numpy  # sums", "total = 1 + 2\nprint(total)")


@pytest.mark.parametrize(
    "cells",
    [
        ("%matplotlib inline\nimport numpy", "total = 1 + 2\nprint(total)"),
        ("# why\n%matplotlib inline\nimport numpy", "", "total = (1 +\n   2)\n\nprint(total)\n"),
        (*CELLS, "# only words"),
    ],
)
def test_comments_blank_lines_and_layout_make_no_difference(cells: tuple[str, ...]) -> None:
    assert code_digest(cells, "python") == code_digest(CELLS, "python")


@pytest.mark.parametrize(
    "cells",
    [
        ("%matplotlib qt\nimport numpy", CELLS[1]),
        ("import numpy", CELLS[1]),
        (CELLS[0], "total = 1 + 3\nprint(total)"),
        (CELLS[1], CELLS[0]),
        CELLS[:1],
        (*CELLS, "!ls"),
        (*CELLS, "%%bash\nls"),
        ("\n".join(CELLS),),
    ],
)
def test_code_magics_and_the_order_of_cells_do(cells: tuple[str, ...]) -> None:
    assert code_digest(cells, "python") != code_digest(CELLS, "python")


def test_in_another_language_every_sign_counts_but_blanks_at_the_ends() -> None:
    assert code_digest(["x <- 1 \n"], "R") == code_digest(["x <- 1"], "R")
    assert code_digest(["x <- 1 # one"], "R") != code_digest(["x <- 1"], "R")
    assert code_digest(["%%bash\n# a"], "python") != code_digest(["%%bash\n# b"], "python")


def test_what_is_no_python_counts_as_it_stands() -> None:
    assert code_digest(["x = ="], "python") != code_digest(["x = = 1"], "python")
