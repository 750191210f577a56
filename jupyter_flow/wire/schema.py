"""Writes down the shapes of the wire as JSON Schema, and the words of all states.

    python -m jupyter_flow.wire.schema      then: npm run schema

The files in ``schemas/`` are committed: the front end's types and words are generated from them
by ``npm run schema``, and the server describes itself with them. A test says when they are old.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.core.words import OUTCOME_WORDS, RUN_SIGNS, TASK_SIGNS, TELLING, Sign

from . import api, history, lineage

FOLDER = Path(__file__).parent / "schemas"

#: What travels on the stream: each message is one of these, told apart by its ``kind``.
UNIONS = {"StreamEvent": api.StreamEvent, "StreamRequest": api.StreamRequest}


class _Plain(GenerateJsonSchema):
    """Fields have no titles, which would become types of their own in TypeScript.

    What is sent is always there. What is asked for may leave out defaults, but for its ``kind``.
    """

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:
        is_sent = self.mode == "serialization"
        return is_sent or field["name"] == "kind" or super().field_is_required(field, total)


def api_schema() -> dict[str, Any]:
    """One document with every shape in ``$defs``."""
    named = {**vars(api), **vars(history), **vars(lineage)}
    shapes: dict[str, Any] = {name: each for name, each in named.items() if is_dataclass(each)}
    inputs = [(name, _mode(name), TypeAdapter[Any](each)) for name, each in shapes.items()]
    _, document = TypeAdapter.json_schemas(inputs, schema_generator=_Plain)
    definitions = document["$defs"]
    for each in definitions.values():
        each["additionalProperties"] = False
    definitions |= {name: _one_of(union) for name, union in UNIONS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "jupyter_flow",
        "description": "What the server and the panel say to a browser, and what it asks of them.",
        "$defs": dict(sorted(definitions.items())),
    }


def words_schema() -> dict[str, Any]:
    """The words and signs of all states, in the order in which people look at them."""
    tasks = {each: _sign(TASK_SIGNS[each]) | {"is_final": each.is_final} for each in TaskState}
    runs = {each: _sign(RUN_SIGNS[each]) | {"is_final": each.is_final} for each in RunState}
    return {"tasks": tasks, "runs": runs, "outcomes": dict(OUTCOME_WORDS), "telling": TELLING}


def files() -> Mapping[str, str]:
    """The texts of the files by their names."""
    documents = {"api.json": api_schema(), "words.json": words_schema()}
    return {
        name: json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for name, document in documents.items()
    }


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


def _mode(name: str) -> Literal["serialization", "validation"]:
    asked = {each.__name__ for each in get_args(api.StreamRequest)}
    return "validation" if name.endswith("Request") or name in asked else "serialization"


def _one_of(union: Any) -> dict[str, Any]:
    names = [each.__name__ for each in get_args(union)]
    return {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in names]} | {
        "discriminator": {"propertyName": "kind"}
    }


def _sign(sign: Sign) -> dict[str, Any]:
    return {"symbol": sign.symbol, "word": sign.word, "tone": sign.tone}


if __name__ == "__main__":
    main()
