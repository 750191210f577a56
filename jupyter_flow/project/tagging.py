"""Tagging notebooks as tasks: the only writing that is ever done to a notebook.

Only the entry ``jupyter_flow`` of its metadata changes; cells and outputs stay what they are, and
the file keeps its own indentation, line ends and format. It is replaced in one stroke, so nobody
sees half of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_flow.core.errors import DefinitionError, NotFoundError, Problem, Where
from jupyter_flow.core.language.option_reading import read_task_options, write_task_options
from jupyter_flow.core.task_names import suggested_by, wrong_with

from .documents import is_text, looks_like_text_notebook, read_document
from .files import replace_file
from .headers import with_header_entry
from .tags import KEY, read_tag


def tag(
    path: Path,
    *,
    name: str | None = None,
    options: Mapping[str, str] | None = None,
    description: str | None = None,
    taken: Mapping[str, str] | None = None,
    shown: str | None = None,
) -> str:
    """Tag the notebook at *path* as the task *name*; returns the name.

    Without a name a tagged notebook keeps its own and another gets its file's. *options* are
    texts as on a flow's line, added to those the tag has; an empty one takes the option away.
    *taken* are the names that other notebooks of the project have, with their paths.

    Raises:
        NotFoundError: there is no such file.
        DefinitionError: it is no notebook, or the name or an option is impossible.
    """
    shown = shown or str(path)
    content = _content(path, shown)
    before = _entry(path, content, shown)
    name = name or before.get("task") or suggested_by(path.stem)
    _must_be_free(name, taken or {}, shown)
    entry: dict[str, Any] = {**before, "task": name}
    if description is not None:
        entry["description"] = description
    entry |= _meant(options or {}, shown)
    entry = {key: value for key, value in entry.items() if value != ""}
    problems = read_tag({KEY: entry}, shown=shown).problems
    if problems:
        raise DefinitionError(problems)
    replace_file(path, _edited(path, content, entry))
    return name


def untag(path: Path, *, shown: str | None = None) -> str | None:
    """Take the tag away; returns the name it had, None when there was none.

    Raises NotFoundError and DefinitionError as `tag` does.
    """
    shown = shown or str(path)
    content = _content(path, shown)
    before = _entry(path, content, shown)
    if not before:
        return None
    replace_file(path, _edited(path, content, None))
    return str(before.get("task", ""))


def _content(path: Path, shown: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(
            f"there is no notebook {shown!r}", hint="Give the path of an .ipynb file."
        ) from error
    if is_text(path) and not looks_like_text_notebook(path, content):
        problem = Problem(
            code="JF200",
            what=f"{shown!r} is no notebook",
            hint="A text is one when it has a jupytext header or, in .py files, '# %%' marks.",
            where=Where(path=shown),
        )
        raise DefinitionError([problem])
    return content


def _entry(path: Path, content: bytes, shown: str) -> dict[str, Any]:
    """The tag as it stands in the file, unread; empty when there is none."""
    entry = read_document(path, content, shown=shown).metadata.get(KEY)
    return dict(entry) if isinstance(entry, Mapping) else {}


def _must_be_free(name: str, taken: Mapping[str, str], shown: str) -> None:
    wrong = wrong_with(name)
    if wrong is not None:
        what = f"{name!r} cannot be the name of a task: it {wrong}"
        problem = Problem(code="JF230", what=what, hint=f"Perhaps: {suggested_by(name)}")
    elif name in taken:
        what = f"{taken[name]!r} is tagged {name!r} already"
        hint = f"Give {shown!r} another name with --name, or untag the other notebook."
        problem = Problem(code="JF232", what=what, hint=hint)
    else:
        return
    raise DefinitionError([problem])


def _meant(options: Mapping[str, str], shown: str) -> dict[str, Any]:
    """The texts of *options* as a tag holds them; empty ones stay empty."""
    texts = {option: text for option, text in options.items() if text != ""}
    read, problems = read_task_options(texts, is_text=True, where=Where(path=shown))
    if problems:
        raise DefinitionError(problems)
    return write_task_options(read) | dict.fromkeys(options.keys() - texts.keys(), "")


def _edited(path: Path, content: bytes, entry: Mapping[str, Any] | None) -> bytes:
    if is_text(path):
        text = with_header_entry(content.decode("utf-8"), KEY, entry, suffix=path.suffix)
        return text.encode("utf-8")
    return _edited_json(content, entry)


def _edited_json(content: bytes, entry: Mapping[str, Any] | None) -> bytes:
    """The notebook with another tag, laid out as it was."""
    has_mark = content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    notebook = json.loads(text)
    metadata = notebook.setdefault("metadata", {})
    if entry is None:
        del metadata[KEY]
    else:
        metadata[KEY] = dict(entry)
    indent = re.match(r"\s*\{[ \t]*\r?\n([ \t]+)", text)
    spaced = '": ' in text
    edited = json.dumps(
        notebook,
        indent=indent[1] if indent else None,
        ensure_ascii=text.isascii() and "\\u" in text,
        separators=(", " if spaced and not indent else ",", ": " if spaced else ":"),
    )
    edited += text[len(text.rstrip()) :].replace("\r\n", "\n")
    edited = edited.replace("\n", "\r\n") if "\r\n" in text else edited
    return (b"\xef\xbb\xbf" if has_mark else b"") + edited.encode("utf-8")
