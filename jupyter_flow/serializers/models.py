"""Fitted models as joblib: objects of the libraries below, and of no other.

A joblib file is a pickle. To load one is to run what is in it, so it is done with what kernels of
this project wrote, and objects of unknown classes are not written at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .needed import needed

LIBRARIES = frozenset({"sklearn", "xgboost", "lightgbm", "catboost", "imblearn", "statsmodels"})
_LETTERS, _MOST = 80, 25


class Models:
    """Takes instances whose class comes from one of `LIBRARIES`."""

    format = "joblib"

    def takes(self, value: Any) -> bool:
        return type(value).__module__.partition(".")[0] in LIBRARIES

    def write(self, value: Any, path: Path) -> None:
        needed("joblib").dump(value, path)

    def read(self, path: Path, of: str) -> Any:
        library = of.partition(".")[0]
        if library:
            needed(library)
        return needed("joblib").load(path)

    def preview(self, value: Any) -> Mapping[str, Any]:
        parameters = value.get_params(deep=False) if hasattr(value, "get_params") else {}
        shown = sorted(parameters.items())[:_MOST]
        return {
            "summary": type(value).__name__,
            "parameters": {str(name): _short(each) for name, each in shown},
        }


MODELS = Models()


def _short(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
