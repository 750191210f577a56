"""How pydantic is to see the core's types.

The core's dataclasses are plain, so what they mean on the wire is said here, by changing the
schema that pydantic derives from their annotations:

- a union of classes that tell themselves apart by ``kind`` is read by its ``kind`` alone. Trying
  each member in turn would take time exponential in the depth of an expression;
- ``kind`` is always there, never a default;
- `Any` is a user's value, written as `jupyter_flow.wire.values` does;
- a moment is its ISO text with all its digits, an infinite number the text ``inf``, and a frozen
  set a sorted list.

It knows no type of the core by name, and reads and writes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import SchemaSerializer, SchemaValidator, core_schema

from .values import from_json, to_json

_Schema = dict[str, Any]


class Shape:
    """The shape of one type, compiled: `validator` reads it, `serializer` writes it."""

    def __init__(self, described: Any) -> None:
        schema: Any = TypeAdapter(described).core_schema
        adapted = _Adaptation(schema).of(schema)
        self.validator = SchemaValidator(adapted)
        self.serializer = SchemaSerializer(adapted)


class _Adaptation:
    """One walk over a schema. Definitions are gathered first, as unions refer to them."""

    def __init__(self, schema: _Schema) -> None:
        self._classes: dict[str, _Schema] = {}
        self._gather(schema)

    def _gather(self, schema: Any) -> None:
        for part in _parts(schema):
            self._gather(part)
        if isinstance(schema, dict) and schema.get("type") == "dataclass" and "ref" in schema:
            self._classes[schema["ref"]] = schema

    def of(self, schema: Any) -> Any:
        if isinstance(schema, (list, tuple)):
            return [self.of(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        if schema.get("type") == "dataclass-field" and schema["name"] == "kind":
            return schema | {"schema": _without_default(schema["schema"])}
        kept = {"default", "metadata"}
        mine = {key: part if key in kept else self.of(part) for key, part in schema.items()}
        match mine.get("type"):
            case "any":
                return _VALUE
            case "datetime":
                return _MOMENT
            case "float":
                return mine | {"serialization": _NUMBER}
            case "frozenset":
                return mine | {"serialization": _sorted(mine)}
            case "dict":
                return mine | {"serialization": _as_dict(mine)}
            case "union":
                return self._by_kind(mine)
            case _:
                return mine

    def _by_kind(self, union: _Schema) -> _Schema:
        """*union* told apart by ``kind``, or as it is when its members have none."""
        choices: dict[str, Any] = {}
        for choice in union["choices"]:
            kind = _kind_of(self._classes.get(choice.get("schema_ref") or choice.get("ref"), {}))
            if kind is None:
                return union
            choices[kind] = choice
        return {"type": "tagged-union", "discriminator": "kind", "choices": choices}


def _parts(schema: Any) -> list[Any]:
    if isinstance(schema, dict):
        return [part for key, part in schema.items() if key not in ("default", "metadata")]
    return list(schema) if isinstance(schema, (list, tuple)) else []


def _kind_of(schema: _Schema) -> str | None:
    """The only ``kind`` that instances of the dataclass *schema* have, if they have one."""
    for field in schema.get("schema", {}).get("fields", ()):
        if field["name"] == "kind":
            literal = _without_default(field["schema"])
            expected = literal.get("expected", ())
            return expected[0] if len(expected) == 1 else None
    return None


def _without_default(schema: _Schema) -> _Schema:
    inner: _Schema = schema["schema"] if schema["type"] == "default" else schema
    return inner


def _sorted(schema: _Schema) -> Any:
    items = core_schema.list_schema(schema["items_schema"])
    return core_schema.plain_serializer_function_ser_schema(sorted, return_schema=items)


def _as_dict(schema: _Schema) -> Any:
    """Any mapping may stand where the annotation says Mapping."""
    plain: Any = {key: part for key, part in schema.items() if key != "serialization"}
    return core_schema.plain_serializer_function_ser_schema(_to_dict, return_schema=plain)


def _number(number: float) -> float | str:
    return number if math.isfinite(number) else str(number)


def _to_dict(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return mapping if type(mapping) is dict else dict(mapping)


_VALUE: Any = core_schema.no_info_after_validator_function(
    from_json,
    core_schema.any_schema(),
    serialization=core_schema.plain_serializer_function_ser_schema(to_json),
)

_NUMBER: Any = core_schema.plain_serializer_function_ser_schema(_number)

_MOMENT: Any = core_schema.no_info_after_validator_function(
    datetime.fromisoformat,
    core_schema.str_schema(),
    serialization=core_schema.plain_serializer_function_ser_schema(
        datetime.isoformat, return_schema=core_schema.str_schema()
    ),
)
