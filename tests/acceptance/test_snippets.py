"""The flows that the documentation shows are flows: they are read without a single complaint."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_flow.core.language import read

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OF_A_FLOW = re.compile(r"^%%flow|>>|^params\(|\.(options|expand|when)\(|^\w+ = (python|sql|http)\(")
#: A part of a flow may use what another part declares.
UNDECLARED = "JF118"


def snippets() -> list[tuple[str, str]]:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [
        (f"{page.relative_to(ROOT)}-{number}", block)
        for page in pages
        for number, block in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), start=1)
        if re.search(OF_A_FLOW, block) and "import " not in block
    ]


SNIPPETS = snippets()


def test_the_documentation_shows_flows() -> None:
    assert len(SNIPPETS) > 20


@pytest.mark.parametrize("text", [text for _, text in SNIPPETS], ids=[name for name, _ in SNIPPETS])
def test_a_flow_in_the_documentation_can_be_read(text: str) -> None:
    is_whole = text.startswith("%%flow")

    problems = [
        problem
        for problem in read(text, line="" if is_whole else "shown").problems
        if is_whole or problem.code != UNDECLARED
    ]

    assert not problems, "\n".join(map(str, problems))
