"""What needs no library: JSON that is too large for a value, texts and bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LETTERS = 200


class Json:
    """Lists and dicts that JSON knows; `jupyter_flow.output` sees to it that they are."""

    format = "json"

    def takes(self, value: Any) -> bool:
        return type(value) in (list, dict)

    def write(self, value: Any, path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False)

    def read(self, path: Path, of: str) -> Any:  # noqa: ARG002
        return json.loads(path.read_text(encoding="utf-8"))

    def preview(self, value: Any) -> Mapping[str, Any]:
        words = "entries" if isinstance(value, dict) else "items"
        return {"summary": f"{len(value):,} {words}", "head": _cut(_beginning(value))}


class Text:
    """Texts, in UTF-8."""

    format = "txt"

    def takes(self, value: Any) -> bool:
        return type(value) is str

    def write(self, value: Any, path: Path) -> None:
        path.write_bytes(value.encode())

    def read(self, path: Path, of: str) -> Any:  # noqa: ARG002
        return path.read_bytes().decode()

    def preview(self, value: Any) -> Mapping[str, Any]:
        return {"summary": f"{len(value):,} characters", "head": _cut(value)}


class Bytes:
    """Bytes as they are."""

    format = "bin"

    def takes(self, value: Any) -> bool:
        return type(value) in (bytes, bytearray)

    def write(self, value: Any, path: Path) -> None:
        path.write_bytes(value)

    def read(self, path: Path, of: str) -> Any:
        content = path.read_bytes()
        return bytearray(content) if of == "bytearray" else content

    def preview(self, value: Any) -> Mapping[str, Any]:
        return {"summary": "bytes", "head": value[:32].hex(" ")}


JSON, TEXT, BYTES = Json(), Text(), Bytes()


def _beginning(value: Any) -> str:
    """The first of its JSON, without making the rest."""
    text = ""
    for part in json.JSONEncoder(ensure_ascii=False).iterencode(value):
        text += part
        if len(text) > _LETTERS:
            break
    return text


def _cut(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…"
