"""Text that people wrote, in a database that does not take every character."""

from __future__ import annotations

from sqlalchemy import Dialect, Text, TypeDecorator


class Prose(TypeDecorator[str]):
    """Text for people. What no database holds (NUL, half characters) becomes a mark."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "\ufffd").encode(errors="replace").decode()
