"""NumPy's arrays as npy, without anything pickled in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .needed import needed


class Arrays:
    """Takes plain arrays: no masked ones, and none of Python objects."""

    format = "npy"

    def takes(self, value: Any) -> bool:
        kind = type(value)
        is_array = kind.__module__ == "numpy" and kind.__name__ == "ndarray"
        return is_array and not value.dtype.hasobject

    def write(self, value: Any, path: Path) -> None:
        with path.open("wb") as file:
            needed("numpy").save(file, value, allow_pickle=False)

    def read(self, path: Path, of: str) -> Any:  # noqa: ARG002
        return needed("numpy").load(path, allow_pickle=False)

    def preview(self, value: Any) -> Mapping[str, Any]:
        shape, of = list(value.shape), str(value.dtype)
        head = [str(each)[:24] for each in value.ravel(order="K")[:8].tolist()]
        summary = f"{' x '.join(f'{each:,}' for each in shape)} {of[:60]}"
        return {"summary": summary, "shape": shape, "dtype": of[:200], "head": head}


ARRAYS = Arrays()
