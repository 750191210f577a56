"""Figures: matplotlib's as a picture, plotly's as the JSON that it draws again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import belongs_to
from .needed import needed


class Pictures:
    """matplotlib's figures, as PNG. A picture is no figure again: what is read is its path."""

    format = "png"

    def takes(self, value: Any) -> bool:
        return belongs_to(value, "matplotlib", "Figure")

    def write(self, value: Any, path: Path) -> None:
        value.savefig(path, format="png", bbox_inches="tight")

    def read(self, path: Path, of: str) -> Any:  # noqa: ARG002
        return path

    def preview(self, value: Any) -> Mapping[str, Any]:
        titles = [each.get_title() for each in value.axes if each.get_title()]
        return {"summary": (titles[0] if titles else "figure")[:60]}


class Figures:
    """plotly's figures, as JSON."""

    format = "plotly.json"

    def takes(self, value: Any) -> bool:
        return belongs_to(value, "plotly", "BaseFigure")

    def write(self, value: Any, path: Path) -> None:
        path.write_text(value.to_json(), encoding="utf-8")

    def read(self, path: Path, of: str) -> Any:  # noqa: ARG002
        return needed("plotly.io").from_json(path.read_text(encoding="utf-8"))

    def preview(self, value: Any) -> Mapping[str, Any]:
        kinds = [str(each.type) for each in value.data]
        title = str(value.layout.title.text or "figure")
        return {"summary": title[:60], "traces": kinds[:20]}


PICTURES, FIGURES = Pictures(), Figures()
