"""The work that is measured: notebooks and how they depend on each other. Knows nobody who runs
them; every way gets the same cells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_flow.testing.notebooks import write_notebook

_EXAMPLES = Path(__file__).parents[2] / "notebooks"


@dataclass(frozen=True)
class Sheet:
    """One notebook. *given* are parameters as a person would give them, running it by hand."""

    name: str
    cells: tuple[str, ...]
    parameters: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)

    def write(self, folder: Path, *, task: bool) -> Path:
        name = self.name if task else None
        path = folder / f"{self.name}.ipynb"
        return write_notebook(path, *self.cells, parameters=self.parameters, task=name)


@dataclass(frozen=True)
class Work:
    """Notebooks in an order in which they can run one after the other.

    *flow* is the body of the ``%%flow`` cell, *by_hand* says that each finds the results of those
    before it in their common folder when no flow hands them on.
    """

    sheets: tuple[Sheet, ...]
    flow: str
    line: str = "work"
    by_hand: bool = False

    @property
    def is_chain(self) -> bool:
        return self.by_hand or len(self.sheets) == 1 or ">>" in self.flow

    def write_flow(self, folder: Path) -> None:
        """The project: the notebooks, each tagged, and the flow."""
        for name in {each.name: each for each in self.sheets}.values():
            name.write(folder, task=True)
        write_notebook(folder / "flow.ipynb", f"%%flow {self.line}\n{self.flow}")


def one(name: str, *cells: str) -> Work:
    return Work((Sheet(name, cells),), name)


def chain(length: int) -> Work:
    sheets = tuple(Sheet(f"t{number}", ("1",)) for number in range(length))
    return Work(sheets, " >> ".join(each.name for each in sheets))


def fan(width: int, *cells: str) -> Work:
    sheets = tuple(Sheet(f"t{number}", cells) for number in range(width))
    return Work(sheets, "\n".join(each.name for each in sheets))


def short(number: int) -> Work:
    """Notebooks of six short cells, each with parameters of its own."""
    cells = tuple(f"x = n * {place}\nprint(x)" for place in range(1, 7))
    sheets = tuple(
        Sheet(f"t{each}", cells, parameters="n: int = 0", given={"n": each})
        for each in range(number)
    )
    return Work(sheets, "\n".join(f"t{each}(n={each})" for each in range(number)))


TRIVIAL = one("trivial", "1 + 1")
PRINTS = one("prints", *(f"print({number})" for number in range(20)))
IMPORTS = one(
    "imports",
    "import pandas as pd\nfrom sklearn.linear_model import LinearRegression",
    "pd.DataFrame({'x': [1, 2, 3], 'y': [2, 4, 6]})",
    "LinearRegression()",
)
OUTPUTS = one("outputs", *(f"print('{number:05}' * 5_000)" for number in range(200)))
#: Tasks that are work for a core, of about a tenth of a second.
COUNTING = "total = 0\nfor number in range(1_500_000):\n    total += number\ntotal"


def example() -> Work:
    """The flow of notebooks/diagnosis, its notebooks as they are."""
    scratch = Path(".jupyter_flow/scratch")
    kinds = ["logit", "forest", "boost"]
    files = [str(scratch / f"{kind}.joblib") for kind in kinds]
    scores = [0.995, 0.990, 0.992]
    given: list[tuple[str, dict[str, Any]]] = [
        ("load", {"seed": 1}),
        ("clean", {}),
        ("features", {"seed": 1}),
        *(("train", {"model": kind}) for kind in kinds),
        ("evaluate", {"models": kinds, "files": files, "scores": scores}),
        ("report", {"best": "logit", "models": kinds, "scores": scores}),
        ("deploy", {"best": "logit", "file": files[0], "auc": 0.99}),
    ]
    sheets = tuple(_read(name, values) for name, values in given)
    cells = json.loads((_EXAMPLES / "diagnosis" / "flow.ipynb").read_text("utf-8"))["cells"]
    sources = ("".join(each["source"]) for each in cells)
    first, _, body = next(each for each in sources if each.startswith("%%flow")).partition("\n")
    return Work(sheets, body, line=first.removeprefix("%%flow "), by_hand=True)


def _read(name: str, given: Mapping[str, Any]) -> Sheet:
    found = json.loads((_EXAMPLES / "diagnosis" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    code = [each for each in found if each["cell_type"] == "code"]
    parameters, *cells = ("".join(each["source"]) for each in code)
    return Sheet(name, tuple(cells), parameters=parameters, given=given)
