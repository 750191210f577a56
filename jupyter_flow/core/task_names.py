"""Names of tasks: which are allowed, and which a file's name suggests."""

from __future__ import annotations

import re
from keyword import iskeyword

#: What the language of flows means something else by.
RESERVED = frozenset(
    {
        "approve",
        "expect",
        "flow",
        "http",
        "notebook",
        "params",
        "python",
        "secret",
        "shell",
        "sql",
        "wait_for",
    }
)
#: Templates and environment variables would be hard to read beyond this.
LONGEST = 100


def wrong_with(name: str) -> str | None:
    """Why *name* cannot be a task's name, in words; None when it can."""
    if not name.isidentifier():
        return "is no name: use letters, digits and underscores, not beginning with a digit"
    if iskeyword(name):
        return "is a word of Python"
    if name in RESERVED:
        return "means something else in a flow"
    if name.startswith("__"):
        return "begins with two underscores"
    return "is longer than 100 characters" if len(name) > LONGEST else None


def suggested_by(stem: str) -> str:
    """The task name for a file called *stem*: ``01_clean data`` becomes ``clean_data``.

    Digits and underscores in front order files, they say nothing. A word that is taken gets
    ``_task`` behind it. A stem without any letter gives ``task``.
    """
    allowed = "".join(each if f"_{each}".isidentifier() else "_" for each in stem)
    words = re.sub("_+", "_", allowed).strip("_")
    name = words
    while name and (not name.isidentifier() or name.startswith("_")):
        name = name[1:]
    name = (name or (f"task_{words}" if words else "task"))[:LONGEST]
    return f"{name}_task" if wrong_with(name) else name
