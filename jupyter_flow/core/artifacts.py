"""References to artifacts: how a file stands among the values that a task hands on.

A value is JSON. One that is a file is an object with the single key ``$artifact``, which no value
of a user may have. It stays that object wherever values are kept and told; `ArtifactRef` reads it.
Knows nothing of where files are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: The one key of a value that stands for a file.
KEY = "$artifact"

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FORMAT = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")

#: How an artifact reaches a notebook: loaded, as its path, as the path's text, or unloaded.
Way = Literal["object", "path", "text", "artifact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRef:
    """A file that a task handed on, by its content.

    ``digest`` is the SHA-256 of its bytes in hexadecimal and ``size`` their number. ``format`` is
    how it is written, and the end of its file's name (``parquet``); ``type`` is what it was
    (``pandas.DataFrame``), "" where that was not said. ``name`` is its path in the folder of the
    attempt that made it. ``preview`` is JSON for people; its ``summary`` is a few words.
    """

    digest: str
    format: str
    size: int
    type: str = ""
    name: str = ""
    preview: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not is_digest(self.digest):
            raise ValueError(f"{self.digest!r:.80} is no SHA-256 digest in hexadecimal")
        if not is_format(self.format):
            raise ValueError(f"{self.format!r:.80} is no format: use letters, digits and dots")

    @classmethod
    def read(cls, value: object) -> ArtifactRef | None:
        """The reference that *value* is; None for any other value."""
        if not is_artifact(value):
            return None
        said = value[KEY]  # type: ignore[index]
        try:
            return cls(
                digest=said["digest"],
                format=said["format"],
                size=int(said["size"]),
                type=str(said.get("type") or ""),
                name=str(said.get("name") or ""),
                preview=dict(said.get("preview") or {}),
            )
        except (KeyError, TypeError, ValueError):
            return None

    def as_json(self) -> dict[str, Any]:
        """The value that it is kept as."""
        said = {name: getattr(self, name) for name in ("digest", "format", "size", "type", "name")}
        return {KEY: {**said, "preview": dict(self.preview)}}

    @property
    def file(self) -> str:
        """The name that its content is stored under: ``<digest>.<format>``."""
        return f"{self.digest}.{self.format}"

    @property
    def line(self) -> str:
        """What it is, in one line: ``parquet, 1,234 rows x 8, 56 kB``."""
        summary = str(self.preview.get("summary", ""))
        return ", ".join(filter(None, (self.format, summary, bytes_in_words(self.size))))


@dataclass(frozen=True, slots=True)
class Arrival:
    """An artifact as a parameter's type wants it."""

    ref: ArtifactRef
    way: Way


def is_artifact(value: object) -> bool:
    """Whether *value* has the form of a reference, be it a good one or not."""
    return isinstance(value, Mapping) and len(value) == 1 and isinstance(value.get(KEY), Mapping)


def is_digest(text: object) -> bool:
    """Whether *text* is a SHA-256 digest in hexadecimal."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def is_format(text: object) -> bool:
    """Whether *text* can be a format: it becomes the end of a file's name."""
    return isinstance(text, str) and len(text) <= 40 and _FORMAT.fullmatch(text) is not None


def is_file(name: str) -> bool:
    """Whether *name* is one that a content can be stored under: see `ArtifactRef.file`."""
    digest, _, form = name.partition(".")
    return is_digest(digest) and is_format(form)


def artifacts_in(value: object) -> Iterator[ArtifactRef]:
    """All artifacts in *value*, however deep in its lists and objects."""
    ref = ArtifactRef.read(value)
    if ref is not None:
        yield ref
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from artifacts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from artifacts_in(each)


def in_one_line(value: Any) -> Any:
    """*value* for people: each artifact in it is its line, all else stays as it is."""
    ref = ArtifactRef.read(value)
    if ref is not None:
        return ref.line
    match value:
        case Mapping():
            return {key: in_one_line(each) for key, each in value.items()}
        case list() | tuple():
            return [in_one_line(each) for each in value]
        case _:
            return value


def bytes_in_words(size: int) -> str:
    """*size* in bytes, for people: ``56 kB``."""
    if size < 1000:
        return f"{size} B"
    amount, units = size / 1000, ["kB", "MB", "GB", "TB"]
    while amount >= 999.5 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.1f} {units[0]}" if amount < 9.95 else f"{amount:.0f} {units[0]}"
