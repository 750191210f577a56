"""The words of every mistake: texts in `tests/golden/flows`, with what they earn below the line.

To write them anew after a change that is meant: UPDATE_GOLDEN=1 pytest …/test_messages.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_flow.core.language import CODES, read

FOLDER = Path(__file__).parents[3] / "golden" / "flows"
GOLDEN = sorted(FOLDER.glob("*.txt"))
LINE = "\n────\n"


def words_for(text: str) -> str:
    reading = read(text, path="etl.ipynb", cell=2)
    return "\n\n".join(map(str, reading.problems)) + "\n"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_mistake_earns_these_words(path: Path) -> None:
    text, _, wanted = path.read_text(encoding="utf-8").partition(LINE)
    words = words_for(text)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(f"{text}{LINE}{words}", encoding="utf-8")

    assert words == (words if os.environ.get("UPDATE_GOLDEN") else wanted)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_mistake_tells_its_place_and_what_to_do(path: Path) -> None:
    text = path.read_text(encoding="utf-8").partition(LINE)[0]

    for problem in read(text, path="etl.ipynb", cell=2).problems:
        assert problem.where is not None
        assert problem.where.picture(), problem.what
        assert problem.hint, problem.what
        assert problem.what[0].islower() or problem.what[0] in "'*(", problem.what
        assert not problem.what.endswith("."), problem.what


def test_every_code_has_words_and_every_word_a_code() -> None:
    texts = [path.read_text(encoding="utf-8").partition(LINE)[0] for path in GOLDEN]
    earned = {problem.code for text in texts for problem in read(text).problems}

    # A task of no flow can be named in Python only.
    assert earned == set(CODES) - {"JF102"}
