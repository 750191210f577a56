"""Files that are whole: whoever looks sees the old one or the new one, never a part of it.

What is being written is a draft beside its place, and moved there when it is done. A process that
is killed may leave its draft behind; `is_draft` knows it by its name. Nothing is forced to the
disk: who cannot do without does so with the draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

_DRAFT = ".unfinished-"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what shall be at *path*: it is there once the block has ended.

    After an error nothing has changed. The draft has the suffix of *path*; folders are made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(draft_name() + path.suffix)
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Put *content* at *path*."""
    with whole(path) as draft:
        draft.write_bytes(content)


def draft_name() -> str:
    """A new name for what is unfinished."""
    return f"{_DRAFT}{uuid4().hex[:12]}"


def is_draft(name: str) -> bool:
    """Whether a file of that name is unfinished. *name* may be a path, with slashes."""
    return name.rpartition("/")[2].startswith(_DRAFT)
