"""What an executed notebook holds, made plain for a page that renders only text and pictures.

Pure. HTML and JavaScript are left out: a panel has no sanitizer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

#: Longer texts, and larger pictures, are left out.
_LONGEST = 100_000
_LARGEST = 2_000_000
#: The tag of the cell that papermill adds.
_INJECTED = "injected-parameters"


def plain_cells(text: str) -> list[dict[str, Any]]:
    """The code cells of the notebook in *text*: ``number``, ``source``, ``outputs``.

    The number is the place among all cells of the source, from 1, as failures and logs count; the
    cell with the parameters of the run, which the source does not have, has none.
    An output has a ``kind`` (``text``, ``error`` or ``image``) and its ``text``, or base64 PNG.
    """
    return [
        {
            "number": number,
            "source": _joined(cell.get("source", "")),
            "outputs": [plain for output in cell.get("outputs", ()) for plain in _plain(output)],
        }
        for number, cell in _numbered(json.loads(text).get("cells", []))
        if cell.get("cell_type") == "code"
    ]


def _numbered(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    numbers = count(1)
    for cell in cells:
        is_added = _INJECTED in cell.get("metadata", {}).get("tags", ())
        yield None if is_added else next(numbers), cell


def _plain(output: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    match output.get("output_type"):
        case "stream":
            yield _text(_joined(output.get("text", "")))
        case "error":
            trace = "\n".join(output.get("traceback", ()))
            yield _text(trace or f"{output.get('ename')}: {output.get('evalue')}", kind="error")
        case _:
            yield from _shown(output.get("data", {}))


def _shown(bundle: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    picture = _joined(bundle.get("image/png", "")).strip()
    if picture and len(picture) <= _LARGEST:
        yield {"kind": "image", "text": picture.replace("\n", "")}
    elif "text/plain" in bundle:
        yield _text(_joined(bundle["text/plain"]))


def _text(text: str, *, kind: str = "text") -> dict[str, str]:
    left = len(text) - _LONGEST
    return {"kind": kind, "text": text if left <= 0 else f"{text[:_LONGEST]}\n… {left} more …"}


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
