"""Frames, series and tables as parquet: of pandas, polars and pyarrow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import belongs_to
from .needed import needed

_TYPES = (("pandas", "DataFrame", "Series"), ("polars", "DataFrame", "Series"))
#: What a series without a name is called in the file.
_NAMELESS = "__series__"
#: How much of a frame a preview has.
_COLUMNS, _ROWS, _LETTERS = 20, 3, 24


class Frames:
    """Reads a file into what it was written from: the library that made it has to be there."""

    format = "parquet"

    def takes(self, value: Any) -> bool:
        return any(belongs_to(value, *each) for each in _TYPES) or _is_table(value)

    def write(self, value: Any, path: Path) -> None:
        if _is_table(value):
            needed("pyarrow.parquet").write_table(value, path)
            return
        frame = _as_frame(value)
        if belongs_to(value, "polars", "DataFrame", "Series"):
            frame.write_parquet(path)
        else:
            needed("pyarrow")
            frame.to_parquet(path, engine="pyarrow")

    def read(self, path: Path, of: str) -> Any:
        library, _, name = of.partition(".")
        if library == "polars":
            frame = needed("polars").read_parquet(path)
            return _nameless(frame.to_series(0)) if name == "Series" else frame
        if library == "pyarrow":
            return needed("pyarrow.parquet").read_table(path)
        needed("pyarrow")
        frame = needed("pandas").read_parquet(path, engine="pyarrow")
        return _nameless(frame.iloc[:, 0]) if name == "Series" else frame

    def preview(self, value: Any) -> Mapping[str, Any]:
        is_series = belongs_to(value, "pandas", "Series") or belongs_to(value, "polars", "Series")
        frame = value if _is_table(value) else _as_frame(value)
        rows, columns = frame.shape
        names, types = _columns(frame)
        summary = f"{rows:,} row" if rows == 1 else f"{rows:,} rows"
        shown = dict(zip(map(_short, names), map(_short, types), strict=False))
        return {
            "summary": summary if is_series else f"{summary} x {columns}",
            "shape": [rows] if is_series else [rows, columns],
            "columns": shown,
            "head": _head(frame, len(shown)),
        }


FRAMES = Frames()


def _is_table(value: Any) -> bool:
    return belongs_to(value, "pyarrow", "Table")


def _as_frame(value: Any) -> Any:
    if belongs_to(value, "pandas", "Series"):
        return value.to_frame(_NAMELESS if value.name is None else value.name)
    if belongs_to(value, "polars", "Series"):
        return value.to_frame(value.name or _NAMELESS)
    return value


def _nameless(series: Any) -> Any:
    if series.name != _NAMELESS:
        return series
    return series.rename("") if belongs_to(series, "polars", "Series") else series.rename(None)


def _columns(frame: Any) -> tuple[list[Any], list[Any]]:
    """The first columns and their types."""
    if _is_table(frame):
        return frame.schema.names[:_COLUMNS], frame.schema.types[:_COLUMNS]
    return list(frame.columns)[:_COLUMNS], list(frame.dtypes)[:_COLUMNS]


def _head(frame: Any, columns: int) -> list[list[str]]:
    """The first rows, as texts."""
    if _is_table(frame):
        rows = [tuple(row.values()) for row in frame.slice(0, _ROWS).to_pylist()]
    elif type(frame).__module__.partition(".")[0] == "polars":
        rows = frame.head(_ROWS).rows()
    else:
        rows = frame.head(_ROWS).itertuples(index=False, name=None)
    return [[_short(each) for each in row[:columns]] for row in rows]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
